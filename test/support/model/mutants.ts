import type { Job } from "../../../shared/domain/job.ts";
import { leaseSeconds, production } from "./model-setting.ts";
import { type Mutant, withChange } from "./mutant.ts";
import { receiptMutants } from "./receipt-mutants.ts";

const { decideUnseen, decideCancel, decideFinish } = production;

const settled = ["running", "succeeded", "failed", "cancelled"] as const;

export const mutants: Readonly<Record<string, Mutant>> = {
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
  "a job that waits for ever": {
    system: {
      matchPolicies: (policies, jobs, known) =>
        production.matchPolicies(
          policies,
          jobs.filter(({ state }) => state !== "queued"),
          known,
        ),
    },
    in: "a job that waits for too long",
    breaks: 3,
  },
  "a heartbeat that takes a job out of the way of the cleanup": {
    system: {
      postpone: (job) => {
        const change = production.postpone(job);
        return change && { ...change, due: "no-more" };
      },
    },
    in: "a worker that beats late",
    breaks: 3,
  },
  "a cleanup that puts back a job that was cancelled meanwhile": {
    system: {
      applyChange: (job, { when: { states, dueAt, ...when }, ...change }) => {
        const isPutBack = change.due !== undefined && Object.keys(change).length === 1;
        return production.applyChange(job, {
          ...change,
          when: { ...when, states: isPutBack ? [job.state] : states, ...(isPutBack ? {} : { dueAt }) },
        });
      },
    },
    in: "an outage of the cleanup",
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
  "identical bytes that mean whoever has the id by now": {
    system: {
      register: (...given) => {
        const [{ newest, ...stored }, answer] = production.register(...given);
        const { formerDigests, ...job } = newest?.job ?? {};
        return [{ ...stored, ...(newest && { newest: { ...newest, job: job as Job } }) }, answer];
      },
    },
    in: "the same bytes twice",
    breaks: 4,
  },
  "identical bytes that came too late, and mean whoever has the id when they come again": {
    system: { keepFormerDigest: () => undefined },
    in: "the same bytes too late",
    breaks: 4,
  },
  "a cleanup that overlooks that the API was down": {
    system: {
      matchPolicies: (policies, jobs, known) =>
        production.matchPolicies(policies, jobs, { ...known, listening: "always" }),
    },
    in: "an outage of the API",
    breaks: 7,
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
  ...receiptMutants,
};
