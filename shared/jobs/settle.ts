import type { Decision } from "../cancellation/change.ts";
import { expire, isFenced } from "../cancellation/expiry.ts";
import type { Instant, Job } from "../cancellation/job.ts";
import { keyOfUid } from "../normalization/job-key.ts";
import { type JobStore, StoreUnavailable } from "../store/job-store.ts";

export interface Settled<Verdict> {
  readonly verdict: Verdict;
  readonly job: Job | undefined;
}

/** Every state is left at most once, so a handful of lost races is the most that one request can meet. */
const maxTurns = 8;

/** A job by its native identity, which is its newest incarnation, or one incarnation by its uid. */
export type JobName = { readonly key: string; readonly uid?: undefined } | { readonly uid: string };

/**
 * Decides, writes, and decides again from what a lost race returned, until a decision holds. With `first`, a guess made
 * before the job was seen, the usual case is one write and no read.
 */
export const settle = async <Verdict>(
  jobs: Pick<JobStore, "get" | "change">,
  name: JobName,
  decide: (job: Job | undefined) => Decision<Verdict>,
  first?: Decision<Verdict>,
): Promise<Settled<Verdict>> => {
  const { uid } = name;
  const key = uid === undefined ? name.key : keyOfUid(uid);
  let job = first === undefined && uid !== undefined ? await jobs.get(uid) : undefined;
  let decision = first ?? decide(job);
  for (let turn = 0; turn < maxTurns; turn++) {
    if (decision.change === undefined) return { verdict: decision.outcome, job };
    const written = await jobs.change(key, decision.change);
    // Behind the key there may stand a newer incarnation by now; the one that was named is then under its uid.
    job = uid === undefined || written.job?.uid === uid ? written.job : await jobs.get(uid);
    if (written.applied && decision.outcome !== undefined) return { verdict: decision.outcome, job };
    decision = decide(job);
  }
  throw new StoreUnavailable(`the job changed ${maxTurns} times while one request looked at it`);
};

/** Reads one incarnation as it truly is now: a cancellation whose worker lost its lease is ended first. */
export const readJob = async (jobs: Pick<JobStore, "get" | "change">, uid: string, now: Instant) => {
  const job = await jobs.get(uid);
  return job && settleExpiry(jobs, job, now);
};

/** Ends the cancellation of a fenced job, if this is one. */
export const settleExpiry = async (jobs: Pick<JobStore, "get" | "change">, job: Job, now: Instant): Promise<Job> => {
  if (!isFenced(job, now)) return job;
  const written = await jobs.change(keyOfUid(job.uid), expire(job, now));
  return written.job?.uid === job.uid ? written.job : ((await jobs.get(job.uid)) ?? job);
};
