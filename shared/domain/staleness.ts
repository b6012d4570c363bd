import type { Change } from "./change.ts";
import type { Instant, Job } from "./job.ts";
import type { Listening } from "./listening.ts";

export const missedLeases = 2;

export const isPastMaxRuntime = (job: Job, now: Instant): boolean => hasRunFor(job, job.maxRuntimeSeconds, now);

export const hasRunFor = ({ state, startedAt }: Job, seconds: number | undefined, now: Instant): boolean =>
  state === "running" && startedAt !== undefined && seconds !== undefined && startedAt + seconds * 1000 <= now;

/** Whether a running job's worker is dead. Its silence counts from the first run at which it could have been heard, so that no outage of ours is taken for it. */
export const isDead = (job: Job, now: Instant, listening: Listening): boolean =>
  job.state === "running" && deadAt(job, listening, Number.POSITIVE_INFINITY) <= now;

const deadAt = ({ heartbeatAt, heartbeatTimeoutSeconds }: Job, listening: Listening, next: Instant): Instant => {
  const leaseMs = heartbeatTimeoutSeconds * 1000;
  if (listening === "always") return heartbeatAt + missedLeases * leaseMs;
  const runs = listening.filter((run) => run >= heartbeatAt);
  return (runs[0] ?? next) + Math.max(missedLeases * leaseMs, longestGap(runs) + leaseMs);
};

/**
 * An outage that began after one run and was over before the next is seen by nobody, and may have been as long as the
 * time between them. A worker has a lease besides to be heard.
 */
const longestGap = (runs: readonly Instant[]): number =>
  runs.reduce((longest, run, index) => Math.max(longest, run - (runs[index - 1] ?? run)), 0);

/** A queue keeps the message that would start the job no longer than this: 14 days. */
export const defaultMaxQueuedSeconds = 14 * 86_400;

const queuedUntil = ({ registeredAt, maxQueuedSeconds = defaultMaxQueuedSeconds }: Job): Instant =>
  registeredAt + maxQueuedSeconds * 1000;

export const isPastMaxQueued = (job: Job, now: Instant): boolean => job.state === "queued" && queuedUntil(job) <= now;

/** The first moment at which an active job could be stale, if somebody listens from `next` on at the latest. */
export const cleanupDueAt = (job: Job, listening: Listening = "always", next: Instant = job.heartbeatAt): Instant => {
  if (job.state === "queued") return queuedUntil(job);
  const dead = deadAt(job, listening, next);
  const { startedAt, maxRuntimeSeconds } = job;
  return startedAt === undefined || maxRuntimeSeconds === undefined
    ? dead
    : Math.min(dead, startedAt + maxRuntimeSeconds * 1000);
};

/** A worker that beats twice in a lease moves its entry in time. */
const postponedBefore = 0.5;

/**
 * Moves a running job's entry in the due queue of the cleanup after a heartbeat, so that the cleanup meets the silent ones
 * alone. Undefined while the entry is far enough ahead, as it is after most heartbeats.
 */
export const postpone = (job: Job): Change | undefined => {
  const { uid, state, dueAt, heartbeatAt, heartbeatTimeoutSeconds } = job;
  if (state !== "running" || dueAt === undefined) return undefined;
  const at = cleanupDueAt(job);
  const isFarAhead = dueAt >= heartbeatAt + postponedBefore * heartbeatTimeoutSeconds * 1000;
  if (isFarAhead || at <= dueAt) return undefined;
  return { when: { uid, states: ["running"], dueAt }, due: { on: "cleanup", at } };
};
