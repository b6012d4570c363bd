import type { Decision } from "../domain/change.ts";
import { expire, isFenced } from "../domain/expiry.ts";
import type { Instant, Job } from "../domain/job.ts";
import { type JobStore, StoreUnavailable } from "../ports/job-store.ts";

export interface Applied<Outcome> {
  readonly outcome: Outcome;
  readonly job: Job | undefined;
}

/** Every state is left at most once, so a request meets few lost races. */
const maxTurns = 8;

/**
 * A job by its native identity, which is its newest incarnation, or one incarnation by its uid. Whoever has read that one
 * gives it along: what has changed since fails the write.
 */
export type JobName =
  | { readonly key: string; readonly uid?: undefined; readonly job?: undefined }
  | { readonly key?: undefined; readonly uid: string; readonly job?: Job };

/**
 * Decides, writes, and decides again from what a lost race returned, until a decision holds. With `first`, a guess made
 * before the job was seen, the usual case is one write and no read. Throws {@link StoreUnavailable} when none holds.
 */
export const applyDecision = async <Outcome>(
  jobs: Pick<JobStore, "get" | "change" | "changeIncarnation">,
  name: JobName,
  decide: (job: Job | undefined) => Decision<Outcome> | Promise<Decision<Outcome>>,
  first?: Decision<Outcome>,
): Promise<Applied<Outcome>> => {
  const { key, uid } = name;
  let job = first === undefined && uid !== undefined ? (name.job ?? (await jobs.get(uid))) : undefined;
  let decision = first ?? (await decide(job));
  for (let turn = 0; turn < maxTurns; turn++) {
    if (decision.change === undefined) return { outcome: decision.outcome, job };
    const { change } = decision;
    const written = await (uid === undefined ? jobs.change(key, change) : jobs.changeIncarnation(uid, change));
    job = written.job;
    if (written.applied && decision.outcome !== undefined) return { outcome: decision.outcome, job };
    decision = await decide(job);
  }
  throw new StoreUnavailable(`the job changed ${maxTurns} times while one request decided about it`);
};

/** Reads one incarnation, after it has ended the cancellation of a worker that lost its lease. */
export const readJob = async (jobs: Pick<JobStore, "get" | "changeIncarnation">, uid: string, now: Instant) => {
  const job = await jobs.get(uid);
  return job && applyExpiry(jobs, job, now);
};

export const applyExpiry = async (jobs: Pick<JobStore, "changeIncarnation">, job: Job, now: Instant): Promise<Job> => {
  if (!isFenced(job, now)) return job;
  const written = await jobs.changeIncarnation(job.uid, expire(job, now));
  return written.job ?? job;
};
