import { describe, expect, test } from "vitest";
import type { Change, Decision } from "../../shared/domain/change.ts";
import { check } from "../support/model/model-invariants.ts";
import { leaseSeconds, production, type Request, type Setting, type System } from "../support/model/model-setting.ts";
import { explore, rulesOf, type Scenario } from "../support/model/state-model.ts";

const scenario = (
  requests: readonly Request[],
  moments: readonly number[],
  given: Partial<Setting> = {},
): Scenario => ({
  setting: { state: "running", backend: "worker", ...given },
  requests,
  moments,
});

/** A grace period is over after 5 s, a lease after 10, a tombstone 15 s after its message. */
const scenarios = {
  "two cancels and a success": scenario(["cancel", "cancel", "succeeded", "heartbeat", "read"], [12]),
  "two cancels and a failure": scenario(["cancel", "cancel", "failed", "cancelled"], [6, 12]),
  "two reports": scenario(["cancel", "cancelled", "cancelled", "succeeded", "heartbeat"], [12]),
  "a start": scenario(["cancel", "cancel", "start", "succeeded"], [12], { state: "queued" }),
  "a start and a check": scenario(["cancel", "start", "cancelled", "sweep"], [12], { state: "queued" }),
  "an acknowledgement": scenario(["cancel", "check", "cancelled", "heartbeat"], [6, 12]),
  "two checks": scenario(["cancel", "check", "sweep", "succeeded"], [6, 12]),
  "a bus that fails": scenario(["cancel", "sweep", "sweep", "succeeded"], [6, 80], { busFails: true }),
  "an escalation": scenario(["cancel", "sweep", "check", "succeeded"], [6], { backend: "two steps" }),
  "the end of an escalation": scenario(["cancel", "sweep", "sweep", "sweep"], [5, 10], { backend: "two steps" }),
  "a worker that hangs": scenario(["cleanup", "cleanup", "heartbeat", "succeeded"], [12, 25, 45]),
  "a worker that hangs and is cancelled": scenario(["cleanup", "cancel", "heartbeat", "cancelled"], [20]),
  "an outage of the cleanup": scenario(["cleanup", "cleanup", "heartbeat"], [20, 36], { listeningSince: 15 }),
  "a job past its time": scenario(["cleanup", "cleanup", "heartbeat", "sweep"], [6, 12], { maxRuntimeSeconds: 6 }),
  "a tombstone": scenario(["message", "message", "register", "register anew"], [6, 22], { state: "not registered" }),
  "a message twice": scenario(["message", "message", "cancelled", "register anew"], [6, 12]),
  "a slow message": scenario(["message", "start", "succeeded", "register anew"], [6], { state: "queued" }),
  "the next incarnation": scenario(["message", "cancel", "succeeded", "register anew"], [6]),
  "a late call to the first": scenario(["cancel by uid", "heartbeat", "failed", "register anew", "check"], [12]),
} satisfies Record<string, Scenario>;

describe("every order of every step keeps the invariants", () => {
  test.each(Object.entries(scenarios))("%s", (_, each) => {
    const rules = rulesOf(each);
    expect(explore(each, rules, check(rules))).toBeGreaterThan(100);
  });
});

interface Mutant {
  readonly system: Partial<System>;
  readonly in: keyof typeof scenarios;
  /** The number of the invariant that must notice it. */
  readonly breaks: number;
}

const { decideUnseen, decideCancel, decideFinish } = production;

/** The same decision with another change. */
const withChange = <Verdict>(decision: Decision<Verdict>, edit: (change: Change) => Change): Decision<Verdict> =>
  decision.change ? { ...decision, change: edit(decision.change) } : decision;

const settled = ["running", "succeeded", "failed", "cancelled"] as const;

/** Each breaks one thing in a way that a tired engineer could. */
const mutants: Readonly<Record<string, Mutant>> = {
  "a report that does not look at the state": {
    system: {
      decideFinish: (...given) =>
        withChange(decideFinish(...given), (change) => ({ ...change, when: { states: settled } })),
    },
    in: "two cancels and a failure",
    breaks: 1,
  },
  "a second report that is taken too": {
    system: {
      decideFinish: (...given) => {
        const decision = decideFinish(...given);
        return decision.outcome === "refused" ? { outcome: "recorded" } : decision;
      },
    },
    in: "two reports",
    breaks: 2,
  },
  "a claim that nobody reconciles": {
    system: { decideUnseen: (command) => withChange(decideUnseen(command), ({ due, ...change }) => change) },
    in: "an acknowledgement",
    breaks: 3,
  },
  "a check that waits for ever": {
    system: { decideReconcile: (_job, _cancellation, _probe, _steps, time) => ({ outcome: { checkAt: time + 1000 } }) },
    in: "an escalation",
    breaks: 3,
  },
  "an acknowledgement that leaves the receipt open": {
    system: {
      decideFinish: (...given) => withChange(decideFinish(...given), ({ conclude, announce, ...change }) => change),
    },
    in: "an acknowledgement",
    breaks: 3,
  },
  "a message that means whoever has the id by now": {
    system: {
      decideUnseen: ({ askedAt, ...command }) => decideUnseen(command),
      decideCancel: (job, { askedAt, ...command }, time) => decideCancel(job, command, time),
      isMeantForEarlier: () => false,
    },
    in: "a message twice",
    breaks: 4,
  },
  "a store that does not look at the uid": {
    system: {
      applyChange: (job, { when: { uid, ...when }, ...change }) => production.applyChange(job, { ...change, when }),
    },
    in: "a slow message",
    breaks: 4,
  },
  "a registration that overlooks the tombstone": {
    system: { register: ({ tombstone, ...stored }, ...given) => production.register(stored, ...given) },
    in: "a tombstone",
    breaks: 5,
  },
  "a cancel that claims over a claim": {
    system: {
      decideCancel: (job, command, time) =>
        job?.state === "stopping"
          ? withChange(decideCancel({ ...job, state: "running" }, command, time), (change) => ({
              ...change,
              when: { states: ["stopping"] },
            }))
          : decideCancel(job, command, time),
    },
    in: "two cancels and a failure",
    breaks: 6,
  },
  "a repeat that is not counted": {
    system: {
      decideCancel: (job, command, time) =>
        job?.cancellation ? { outcome: "accepted" } : decideCancel(job, command, time),
    },
    in: "a message twice",
    breaks: 6,
  },
  "a cleanup that takes one missed lease for death": {
    system: {
      matchPolicies: (policies, jobs, known) =>
        production.matchPolicies(policies, jobs, { ...known, now: known.now + leaseSeconds * 1000 }),
    },
    in: "a worker that hangs",
    breaks: 7,
  },
  "a cleanup that takes its own outage for death": {
    system: {
      matchPolicies: (policies, jobs, known) =>
        production.matchPolicies(policies, jobs, { ...known, listening: "always" }),
    },
    in: "an outage of the cleanup",
    breaks: 7,
  },
  "a cleanup whose claim a heartbeat does not void": {
    system: { decideCancel: (job, { ifSilent, ...command }, time) => decideCancel(job, command, time) },
    in: "a worker that hangs",
    breaks: 7,
  },
  "a success that is told as a stop": {
    system: {
      decideFinish: (job, report, by, time) =>
        decideFinish(job, job?.state === "stopping" ? { outcome: "cancelled" } : report, by, time),
    },
    in: "two checks",
    breaks: 8,
  },
  "a cancel that is accepted before it is claimed": {
    system: { decideUnseen: () => ({ outcome: "accepted" }) },
    in: "an acknowledgement",
    breaks: 9,
  },
  "an outbox that is emptied although the bus took nothing": {
    system: { told: (given) => given },
    in: "a bus that fails",
    breaks: 9,
  },
  "an end that is not announced": {
    system: { decideFinish: (...given) => withChange(decideFinish(...given), ({ announce, ...change }) => change) },
    in: "an acknowledgement",
    breaks: 9,
  },
  "an expiry without evidence": {
    system: { expire: (...given) => ({ ...production.expire(...given), conclude: { outcome: "stopped" } }) },
    in: "two cancels and a success",
    breaks: 10,
  },
  "a running job that is taken for one that never started": {
    system: {
      decideCancel: (job, command, time) =>
        withChange(
          decideCancel(job?.state === "running" ? { ...job, state: "queued" } : job, command, time),
          (change) => ({
            ...change,
            when: { ...change.when, states: ["running"] },
          }),
        ),
    },
    in: "a late call to the first",
    breaks: 10,
  },
};

test.each(Object.entries(mutants))("notices %s", (_, { system, in: name, breaks }) => {
  const rules = rulesOf(scenarios[name], system);
  expect(() => explore(scenarios[name], rules, check(rules))).toThrow(new RegExp(`^${breaks} `));
});

test("every invariant has noticed something", () => {
  const noticed = new Set(Object.values(mutants).map(({ breaks }) => breaks));
  expect([...noticed].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});
