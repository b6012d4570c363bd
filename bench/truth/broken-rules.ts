import type { Change } from "../../shared/domain/change.ts";
import { expire } from "../../shared/domain/expiry.ts";
import { leaseExpiresAt } from "../../shared/domain/job.ts";
import type { JobStore, Written } from "../../shared/ports/job-store.ts";
import type { LieClass } from "./referee/judge.ts";
import type { WorkSettings } from "./work/start-work.ts";
import type { Altered } from "./worlds/in-process.ts";

/** A rule of what a receipt may say, broken between the functions and their store, or between a client and the API. */
export interface BrokenRule {
  readonly altered?: Altered;
  readonly work?: Partial<WorkSettings>;
  /** What the referee calls it. */
  readonly convictedOf: LieClass;
}

/** Rewrites every change on its way to the table. */
const rewriting = (rewrite: (change: Change) => Change): Altered => ({
  jobs: (own) => ({
    ...own,
    change: (key, change) => own.change(key, rewrite(change)),
    changeIncarnation: (uid, change) => own.changeIncarnation(uid, rewrite(change)),
  }),
});

const silenceIsObserved = ({ conclude, ...change }: Change): Change => {
  if (conclude === undefined) return change;
  const { evidence } = conclude;
  if (evidence === undefined || conclude.assurance !== "presumed") return { ...change, conclude };
  return {
    ...change,
    conclude: { ...conclude, evidence: { ...evidence, kind: "process-gone" }, assurance: "observed" },
  };
};

/** Ends a cancellation in the moment of its claim where the lease is over by then. */
const concludeAtOnce = (own: JobStore, now: () => number): JobStore => {
  const conclude = async (written: Written, { claim }: Change): Promise<Written> => {
    const { job } = written;
    const isLapsed = job !== undefined && job.state === "stopping" && leaseExpiresAt(job) <= now();
    if (!written.applied || claim === undefined || !isLapsed) return written;
    return own.changeIncarnation(job.uid, expire(job, now()));
  };
  return {
    ...own,
    change: async (key, change) => conclude(await own.change(key, change), change),
    changeIncarnation: async (uid, change) => conclude(await own.changeIncarnation(uid, change), change),
  };
};

/** Says of a contradiction that it was written, and writes nothing. */
const forgetContradictions = (own: JobStore): JobStore => ({
  ...own,
  changeIncarnation: async (uid, change) => {
    const job = change.contradict === undefined ? undefined : await own.get(uid);
    return job === undefined ? own.changeIncarnation(uid, change) : { applied: true, job };
  },
});

const anyIncarnation = ({ when, ...change }: Change): Change => {
  const { askedAt: _askedAt, firstBy: _firstBy, notFormerDigest: _digest, ...others } = when;
  return { ...change, when: others };
};

/** Each must be found by the referee; the product itself is not touched. */
export const brokenRules: Readonly<Record<string, BrokenRule>> = {
  "silence is observed": { altered: rewriting(silenceIsObserved), convictedOf: "L2" },
  "an ended lease concludes at the cancel": { altered: { jobs: concludeAtOnce }, convictedOf: "L2" },
  "a contradiction is not recorded": { altered: { jobs: forgetContradictions }, convictedOf: "L2" },
  "an early return has succeeded": { work: { saysSucceeded: true }, convictedOf: "L3" },
  "a cancel means whoever has the id": { altered: rewriting(anyIncarnation), convictedOf: "L4" },
};
