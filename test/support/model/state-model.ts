import type { Instant } from "../../../shared/domain/job.ts";
import * as ledger from "./model-ledger.ts";
import type { Progress, Resumed } from "./model-progress.ts";
import { callOf, resume } from "./model-requests.ts";
import {
  at,
  clockOf,
  jobAt,
  production,
  type Request,
  type Rules,
  type Setting,
  type System,
} from "./model-setting.ts";

export interface World {
  readonly time: Instant;
  readonly ledger: ledger.Ledger;
  /** What the index shows, where it lags. */
  readonly index?: ledger.Ledger;
  /** `<uid>/<step>` of every stop that a backend was asked for. */
  readonly stopsAsked: readonly string[];
  /** The ids of the events that the bus has taken. */
  readonly published: readonly string[];
  readonly requests: readonly Progress[];
  /** By request, which incarnation a cancel met when it came in, where it can have meant no other. */
  readonly met?: readonly (string | undefined)[];
}

/** One step of the request with this index, or without it a jump of the time, or an index that catches up. */
export interface Step {
  readonly from: World;
  readonly to: World;
  readonly index?: number;
  readonly call?: ledger.StoreCall | undefined;
  /** What the store answered. */
  readonly answer?: unknown;
}

/** A few requests to one job, of which every order of every step is tried. */
export interface Scenario {
  readonly setting: Setting;
  readonly requests: readonly Request[];
  /** The moments to which the time can jump, one after the other, in seconds after the start. */
  readonly moments: readonly number[];
}

export const rulesOf = ({ setting, requests }: Scenario, broken: Partial<System> = {}): Rules => ({
  setting,
  kinds: requests,
  system: { ...production, ...broken },
});

export const firstWorld = ({ setting, requests }: Scenario): World => {
  const { state, indexLags } = setting;
  const registered = state === "not registered" ? {} : ledger.register({}, jobAt(at(0), setting), "register")[0];
  return {
    time: at(0),
    ledger: registered,
    ...(indexLags ? { index: registered } : {}),
    stopsAsked: [],
    published: [],
    requests: requests.map(() => ({ at: "begin" })),
    ...(setting.clocks ? { met: requests.map(() => undefined) } : {}),
  };
};

const toAnswer = (
  { ledger: stored, index }: World,
  call: ledger.StoreCall,
  system: System,
): readonly [ledger.Ledger, unknown] => {
  const { applyChange, register, putTombstone } = system;
  switch (call.call) {
    case "get":
      return [stored, ledger.jobIn(stored, call.uid)];
    case "due":
      return [stored, system.due(stored, call.queueName, call.now, index)];
    case "change":
      return ledger.change(stored, call.change, applyChange);
    case "changeIncarnation":
      return ledger.changeIncarnation(stored, call.uid, call.change, applyChange);
    case "register":
      return register(stored, call.job, call.registration);
    case "putTombstone":
      return putTombstone(stored, call.tombstone);
  }
};

const stepsOf = (from: World, index: number, rules: Rules): readonly Step[] => {
  const progress = from.requests[index];
  const kind = rules.kinds[index];
  if (progress === undefined || kind === undefined || progress.at === "end") return [];
  const time = clockOf(kind, from.time, rules);
  const call = callOf(progress, kind, time);
  const [stored, answer] = call ? toAnswer(from, call, rules.system) : [from.ledger, undefined];
  const stepTo = ({ next, stopsAsked, published = [] }: Resumed): Step => ({
    from,
    to: {
      ...from,
      ledger: stored,
      stopsAsked: stopsAsked === undefined ? from.stopsAsked : withAll(from.stopsAsked, [stopsAsked]),
      published: withAll(from.published, published),
      requests: from.requests.with(index, next),
      ...(from.met && progress.at === "begin"
        ? { met: from.met.with(index, ledger.unmistakable(from.ledger, time)) }
        : {}),
    },
    index,
    call,
    answer,
  });
  return resume(progress, kind, answer, time, rules).map(stepTo);
};

const withAll = (known: readonly string[], more: readonly string[]): readonly string[] =>
  more.every((each) => known.includes(each)) ? known : [...new Set([...known, ...more])].sort();

/** Every step that can be next: one of a request, or the passing of time. */
export const successors = (from: World, scenario: Scenario, rules: Rules): readonly Step[] => {
  const later = scenario.moments.map(at).find((moment) => moment > from.time);
  const passing: readonly Step[] = later === undefined ? [] : [{ from, to: { ...from, time: later } }];
  const isBehind = from.index !== undefined && from.index !== from.ledger;
  const catchingUp: readonly Step[] = isBehind ? [{ from, to: { ...from, index: from.ledger } }] : [];
  return [...from.requests.flatMap((_, index) => stepsOf(from, index, rules)), ...passing, ...catchingUp];
};

/** Walks every order of every step, each world once, and gives the number of worlds. `check` throws at what is wrong. */
export const explore = (scenario: Scenario, rules: Rules, check: (step: Step) => void): number => {
  const toName = namer(rules);
  const first = firstWorld(scenario);
  const seen = new Set([toName(first)]);
  const open = [first];
  for (let world = open.pop(); world; world = open.pop()) {
    for (const step of successors(world, scenario, rules)) {
      check(step);
      const name = toName(step.to);
      if (seen.has(name)) continue;
      seen.add(name);
      open.push(step.to);
    }
  }
  return seen.size;
};

/** Names worlds by their content. Requests of one kind are alike: it makes no difference which of them is how far. */
const namer = ({ kinds }: Rules) => {
  const numberOf = numberer();
  return ({ time, ledger: stored, index, stopsAsked, published, requests, met = [] }: World): string => {
    const progress = requests.map((each, place) => `${kinds[place]} ${numberOf(each)} ${met[place]}`).sort();
    return [time, numberOf(stored), index && numberOf(index), stopsAsked, published, progress].join(" ");
  };
};

/** A number for each content, whatever object it is in: worlds share most of theirs. */
export const numberer = () => {
  const known = new WeakMap<object, number>();
  const numbers = new Map<string, number>();
  return (content: object): number => {
    const text = known.has(content) ? "" : JSON.stringify(content);
    const number = known.get(content) ?? numbers.get(text) ?? numbers.size;
    if (text) numbers.set(text, number);
    known.set(content, number);
    return number;
  };
};

/** Lets a request of this kind begin now, and be alone until its end. Of several ways it goes the first. */
export const runAlone = (world: World, kind: Request, { setting, system }: Rules): World => {
  const alone: Rules = { setting, system, kinds: [kind] };
  let next: World = { ...world, requests: [{ at: "begin" }] };
  for (let step = stepsOf(next, 0, alone)[0]; step; step = stepsOf(next, 0, alone)[0]) next = step.to;
  return next;
};
