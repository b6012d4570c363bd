import type { Instant, Job } from "./job.ts";

/** One missed lease may be a hiccup. A worker that is silent for a second one is taken for dead. */
const missedLeases = 2;

/** Whether a job has run for longer than it said it ever would. */
export const isPastMaxRuntime = (job: Job, now: Instant): boolean => hasRunFor(job, job.maxRuntimeSeconds, now);

/** Whether a job has been running for so long. Only a job that has started runs. */
export const hasRunFor = ({ state, startedAt }: Job, seconds: number | undefined, now: Instant): boolean =>
  state === "running" && startedAt !== undefined && seconds !== undefined && startedAt + seconds * 1000 <= now;

/**
 * Whether a running job's worker is dead by all that can be known of it: silent for two leases during which somebody
 * listened. Before `listeningSince` nobody did, so silence until then is no sign of anything.
 */
export const isDead = (job: Job, now: Instant, listeningSince: Instant): boolean =>
  job.state === "running" && deadAt(job, listeningSince) <= now;

const deadAt = ({ heartbeatAt, heartbeatTimeoutSeconds }: Job, listeningSince: Instant): Instant =>
  Math.max(heartbeatAt, listeningSince) + missedLeases * heartbeatTimeoutSeconds * 1000;

/** The first moment at which a running job could be stale, if nothing is heard of it until then. */
export const cleanupDueAt = (job: Job, listeningSince: Instant = 0): Instant => {
  const dead = deadAt(job, listeningSince);
  const { startedAt, maxRuntimeSeconds } = job;
  return startedAt === undefined || maxRuntimeSeconds === undefined
    ? dead
    : Math.min(dead, startedAt + maxRuntimeSeconds * 1000);
};
