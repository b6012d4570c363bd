import { isDeepStrictEqual } from "node:util";
import { isStronger } from "../../../shared/domain/assurance.ts";
import { functionSkewMs, queueSkewMs } from "../../../shared/domain/clock-skew.ts";
import { presumedStoppedAt } from "../../../shared/domain/expiry.ts";
import { type Cancellation, isTerminal, type Job } from "../../../shared/domain/job.ts";
import { eventId } from "../../../shared/domain/outcome-event.ts";
import { actorOf, endOf, firstOf, type Invariant, same, toJobs } from "./invariant.ts";
import { jobIn, type Kept, keptOf } from "./model-ledger.ts";
import type { Progress } from "./model-progress.ts";
import { at, firstUid, leaseSeconds, type Request, type Rules, sameBytes } from "./model-setting.ts";
import { receiptInvariants } from "./receipt-invariants.ts";
import { numberer, runAlone, type Step, type World } from "./state-model.ts";

const cancels: readonly Request[] = ["cancel", "signed", "message", "cancel by uid", "cleanup"];

const absorbing: Invariant = ({ from, to }) =>
  firstOf(toJobs(from), ({ uid, state, endedAt, cancellation }) => {
    const after = jobIn(to.ledger, uid);
    if (after === undefined) return "an incarnation is gone";
    if (!isTerminal(state)) return false;
    if (after.state !== state || after.endedAt !== endedAt) return `${state} became ${after.state}`;
    return cancellation && after.cancellation ? silentChange(cancellation, after.cancellation) : false;
  });

/** Evidence may be replaced by what is worth more, and contradicted: never silently, and never down. */
const silentChange = (before: Cancellation, after: Cancellation): string | false => {
  const isTold = after.steps.length > before.steps.length;
  if (after.assurance !== before.assurance && !isTold) return "an assurance changed and no step says so";
  if (same(after.evidence, before.evidence)) return false;
  const isUp = after.evidence && before.assurance && isStronger(after.evidence.kind, before.assurance);
  return isUp && isTold ? false : "the evidence of an end changed for no better";
};

const oneOutcome: Invariant = ({ to }, { kinds }) => {
  const reports = to.requests.filter((progress, index) => {
    const reported = ["succeeded", "failed", "cancelled"].includes(kinds[index] ?? "");
    return reported && endOf(progress)?.verdict === "recorded";
  });
  if (reports.length > 1) return "two reports ended one job";
  return firstOf(toJobs(to), (job) => {
    const told = (["stopped", "completed-first"] as const).filter(
      (end) => job.outbox?.includes(end) || to.published.includes(eventId(job, end)),
    );
    return told.length > 1 && "two outcomes are announced";
  });
};

const neverStuck: Invariant = ({ to }, rules) =>
  firstOf(keptOf(to.ledger), ({ job, on }) => {
    const { state, cancellation, outbox, dueAt } = job;
    if (cancellation && !isTerminal(state) && state !== "stopping") return `cancelled, and ${state}`;
    if (cancellation?.outcome === "stopping" && isTerminal(state)) return "the job has ended and its receipt has not";
    if (state === "stopping" && (on !== "reconcile" || dueAt === undefined)) return "no check is due";
    if (outbox && (on !== "reconcile" || dueAt === undefined)) return "nobody will look into the outbox";
    const isActive = state === "queued" || state === "running";
    if (isActive && (on !== "cleanup" || dueAt === undefined)) return "no cleanup is due";
    return false;
  }) ?? endless(to, rules);

const settledLedgers = new WeakMap<
  Rules,
  { readonly numberOf: ReturnType<typeof numberer>; readonly ends: Set<string> }
>();

/**
 * If every request crashed now and the index caught up, the sweep alone would bring each cancellation to its end, whether the worker lives or not,
 * and the cleanup alone would cancel what waits for too long, or whose worker is silent.
 */
const endless = ({ index, ...world }: World, rules: Rules): string | undefined => {
  const memory = settledLedgers.get(rules) ?? { numberOf: numberer(), ends: new Set<string>() };
  settledLedgers.set(rules, memory);
  const name = `${world.time} ${memory.numberOf(world.ledger)}`;
  if (memory.ends.has(name)) return undefined;
  memory.ends.add(name);
  return (
    sweptUntilEnd(world, rules, "silent") ?? sweptUntilEnd(world, rules, "alive") ?? cleanedUpUntilEnd(world, rules)
  );
};

const maxSweeps = 8;

const sweptUntilEnd = (
  start: World,
  { kinds, setting: { busFails, ...setting }, system }: Rules,
  worker: "silent" | "alive",
): string | undefined => {
  const rules = { kinds, setting, system };
  let world = start;
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    const open = keptOf(world.ledger).filter(isOpen);
    if (open.length === 0) return undefined;
    const time = Math.max(world.time, ...open.map(({ job }) => job.dueAt ?? 0));
    world = runAlone(worker === "alive" ? heard({ ...world, time }) : { ...world, time }, "sweep", rules);
  }
  return `${maxSweeps} sweeps do not end it while the worker is ${worker}`;
};

const cleanedUpUntilEnd = (start: World, rules: Rules): string | undefined => {
  let world = start;
  for (let run = 0; run < maxSweeps; run++) {
    const job = world.ledger.newest?.job;
    if (job?.state !== "queued" && job?.state !== "running") return undefined;
    world = runAlone({ ...world, time: Math.max(world.time, job.dueAt ?? 0) }, "cleanup", rules);
  }
  return `${maxSweeps} cleanups do not cancel a silent job`;
};

const isOpen = ({ job: { cancellation, outbox } }: Kept) =>
  outbox !== undefined || cancellation?.outcome === "stopping";

/** The world in which a worker that stops for nobody has just been heard of, if it still can be. */
const heard = (world: World): World => {
  const { newest } = world.ledger;
  if (newest?.job.state !== "stopping" || presumedStoppedAt(newest.job) <= world.time) return world;
  return {
    ...world,
    ledger: { ...world.ledger, newest: { ...newest, job: { ...newest.job, heartbeatAt: world.time } } },
  };
};

const ownIncarnation: Invariant = (step, rules) => {
  const actor = actorOf(step, rules);
  if (actor === undefined || actor === "cleanup" || actor === "sweep") return undefined;
  return firstOf(toJobs(step.to), (job) => {
    const before = jobIn(step.from.ledger, job.uid);
    if (job.supersedes === undefined || isDeepStrictEqual(withoutFormerDigests(job), withoutFormerDigests(before)))
      return false;
    if (actor?.startsWith("register")) return false;
    const asked = job.cancellation?.requestedAt ?? 0;
    const former = job.supersedes === undefined ? undefined : jobIn(step.to.ledger, job.supersedes);
    const isMeant = actor === "cancel" || (actor === "signed" && !former?.requestDigests?.includes(sameBytes));
    const skewMs = rules.setting.clocks ? queueSkewMs : 0;
    return isMeant && asked + skewMs >= job.registeredAt ? false : `a ${actor} of the first changed the second`;
  });
};

/** Which requests meant an earlier one is all that those may leave on it. */
const withoutFormerDigests = (job: Job | undefined): Omit<Job, "formerDigests"> | undefined => {
  if (job === undefined) return undefined;
  const { formerDigests, ...rest } = job;
  return rest;
};

/** Whichever clocks are a little off: whoever cancels while a job stands, long after the one before it, means that job. */
const metIncarnation: Invariant = ({ to, index }, rules) => {
  if (index === undefined || rules.kinds[index] !== "cancel") return undefined;
  const uids = keptOf(to.ledger).map(({ job }) => job.uid);
  const [met, answered] = [to.met?.[index], endOf(to.requests[index])?.job?.uid];
  const isEarlier = met && answered && uids.indexOf(answered) > uids.indexOf(met);
  return isEarlier && "a cancel met a job and went to the one before it";
};

const oneRegistration: Invariant = ({ to }, { kinds }) => {
  const given = to.requests.flatMap((progress, index) => {
    const end = endOf(progress);
    return kinds[index] === "register by key" && end?.verdict === "registered" ? [end.job?.uid] : [];
  });
  return new Set(given).size > 1 && "one key gave two incarnations";
};

const maxUntold = 60_000;

/** Bounds in time: what is to be told waits for a minute at the most, and no slow check puts off what was brought forward. */
const withinBounds: Invariant = (step, rules) => {
  const { from, to, index, call } = step;
  const isCheck = ["check", "sweep"].includes(actorOf(step, rules) ?? "read");
  const slow = isCheck && from.requests[index ?? 0]?.at === "put back" ? call : undefined;
  if (slow?.call === "changeIncarnation") {
    const [before, after] = [from, to].map(({ ledger }) => jobIn(ledger, slow.uid)?.dueAt ?? 0);
    const isSeen = slow.change.when.dueAt === before;
    if (!isSeen && before && after && after > before) return "a check put off what was brought forward meanwhile";
  }
  return firstOf(toJobs(to), ({ outbox, dueAt = 0 }) => {
    return outbox && dueAt > to.time + maxUntold + functionSkewMs && "an event waits for longer than a minute";
  });
};

const tombstoned: Invariant = ({ from, to }) => {
  const { tombstone } = from.ledger;
  if (tombstone === undefined || tombstone.until <= to.time || to.ledger.tombstone === tombstone) return false;
  return to.ledger.newest?.job.registeredAt !== undefined && to.ledger.newest.job.registeredAt < tombstone.until
    ? "a job started under its tombstone"
    : !to.ledger.newest &&
        (to.ledger.tombstone?.until ?? 0) < tombstone.until &&
        "a tombstone is gone, or holds for less than it said";
};

const oneEffect: Invariant = ({ from, to }, { kinds }) =>
  firstOf(toJobs(to), ({ uid, cancellation }) => {
    if (cancellation === undefined) return false;
    const before = jobIn(from.ledger, uid)?.cancellation;
    if (before && (before.requestedAt !== cancellation.requestedAt || before.requestedBy !== cancellation.requestedBy))
      return "a cancellation was claimed twice";
    const asking = to.requests.filter((_, index) => cancels.includes(kinds[index] ?? "read"));
    const sure = asking.filter((progress) => isCounted(progress, uid)).length;
    const unsure = asking.filter((progress) => progress.at !== "end").length;
    const counted = cancellation.repeats + 1;
    return (
      (counted < sure || counted > sure + unsure) && `${sure} of ${sure + unsure} have asked, ${counted} are counted`
    );
  });

const isCounted = (progress: Progress, uid: string): boolean => {
  const end = endOf(progress);
  return end?.job?.uid === uid && (end.verdict === "accepted" || end.verdict === "too-late");
};

const liveWorkSpared: Invariant = (step, rules) => {
  const claim = step.call?.call === "changeIncarnation" && actorOf(step, rules) === "cleanup" && step.call.change.claim;
  const job = step.from.ledger.newest?.job;
  if (!claim || !job || same(job, step.to.ledger.newest?.job)) return false;
  const isOverdue = job.state === "queued" && (job.dueAt ?? Infinity) <= step.from.time;
  if (isOverdue && claim.reason === "policy:max-queued") return false;
  const { listeningSince = 0, outage: [, upAgain] = [0, 0] } = rules.setting;
  const heardAt = Math.max(job.heartbeatAt, at(listeningSince), at(upAgain));
  const over = job.maxRuntimeSeconds !== undefined && (job.startedAt ?? Infinity) + job.maxRuntimeSeconds * 1000;
  if (over !== false && over <= step.from.time && claim.reason === "policy:max-runtime") return false;
  return heardAt + 2 * leaseSeconds * 1000 > step.from.time && "cleanup cancelled what had shown a sign of life";
};

const completionTold: Invariant = (step, rules) => {
  const told = endOf(step.index === undefined ? undefined : step.to.requests[step.index]);
  if (told?.verdict === "recorded" && actorOf(step, rules) === "succeeded") {
    if (jobIn(step.to.ledger, firstUid)?.state !== "succeeded") return "a recorded success is no success";
  }
  if (told?.verdict === "too-late" && !(told.job && isTerminal(told.job.state)))
    return "too late, nobody knows for what";
  return firstOf(toJobs(step.to), ({ state, cancellation }) => {
    if (cancellation === undefined) return false;
    return (
      (state === "succeeded") !== (cancellation.outcome === "completed-first") && `${cancellation.outcome}: ${state}`
    );
  });
};

const afterClaim: Invariant = ({ from, to, index }) => {
  const end = endOf(index === undefined ? undefined : to.requests[index]);
  const isOnRecord = end?.job && jobIn(to.ledger, end.job.uid)?.cancellation;
  if (end?.verdict === "accepted" && !isOnRecord) return "a cancel was accepted that is not on record";
  const order = to.stopsAsked.find((each) => !from.stopsAsked.includes(each));
  if (order) {
    const [uid = "", escalationStep] = order.split("/");
    const cancellation = jobIn(from.ledger, uid)?.cancellation;
    if (cancellation === undefined) return "a stop was asked for before its claim";
    if (Number(escalationStep) > (cancellation.escalation?.step ?? 0)) return "a step was used before it was taken";
  }
  return firstOf(toJobs(to), (job) => {
    const { cancellation, outbox = [] } = job;
    const truths = cancellation ? (["requested", cancellation.outcome] as const) : [];
    const untold = truths.find(
      (truth) => truth !== "stopping" && !outbox.includes(truth) && !to.published.includes(eventId(job, truth)),
    );
    if (untold) return `nobody will ever hear of ${untold}`;
    const early = to.published.find((id) => id.startsWith(job.uid) && !cancellation);
    return early && `${early} was told before it was so`;
  });
};

/** By their numbers in the design. */
export const invariants: Readonly<Record<string, Invariant>> = {
  "1 terminal is absorbing": absorbing,
  "2 at most one terminal outcome": oneOutcome,
  "3 nothing stays in the middle": neverStuck,
  "4 a cancellation never touches the next incarnation": ownIncarnation,
  "5 a job whose tombstone exists never starts": tombstoned,
  "6 duplicates have one effect": oneEffect,
  "7 cleanup spares what shows a sign of life": liveWorkSpared,
  "8 completion may win, and the caller is told": completionTold,
  "9 every side effect comes after its claim, and none is lost": afterClaim,
  ...receiptInvariants,
  "15 a cancel goes to the job that it met, though clocks differ": metIncarnation,
  "16 a key gives what it gave at first": oneRegistration,
  "17 what is late is looked at in time": withinBounds,
};

const named = Object.entries(invariants);

/** Throws at the first invariant that a step breaks. */
export const check =
  (rules: Rules) =>
  (step: Step): void => {
    for (const [name, invariant] of named) {
      const wrong = invariant(step, rules);
      if (wrong) throw new Error(`${name}: ${wrong}`, { cause: { by: actorOf(step, rules), ...step } });
    }
  };
