import { ownRecords } from "./assurance.ts";
import type { Change } from "./change.ts";
import { functionSkewMs } from "./clock-skew.ts";
import { type Instant, type Job, leaseExpiresAt, nextStepAt, noStepSince, stopBy } from "./job.ts";

/** When a silent worker is presumed to have stopped: after a whole lease from the cancel, and its grace period. */
export const presumedStoppedAt = (job: Job): Instant => {
  const { cancellation, heartbeatTimeoutSeconds } = job;
  if (cancellation === undefined) return leaseExpiresAt(job);
  const heardOf = cancellation.requestedAt + heartbeatTimeoutSeconds * 1000;
  return Math.max(leaseExpiresAt(job), heardOf, stopBy(job, cancellation));
};

/** From when on the later reports of a worker that was to stop are refused: its lease was granted by another clock. */
export const fencedFrom = (job: Job): Instant => presumedStoppedAt(job) + functionSkewMs;

export const isFenced = (job: Job, now: Instant): boolean => job.state === "stopping" && fencedFrom(job) <= now;

/** The job as it stands at a time, though nobody has written its end yet: for who may only read. */
export const asOf = (job: Job, now: Instant): Job => (isFenced(job, now) ? { ...job, ...expire(job, now).set } : job);

/** Ends the cancellation of a fenced job. A heartbeat that arrives first voids it. */
export const expire = (job: Job, now: Instant): Change => {
  const fencedAt = presumedStoppedAt(job);
  const detail = `no heartbeat for ${job.heartbeatTimeoutSeconds} s: the worker lost its lease and its reports are refused`;
  return {
    when: { uid: job.uid, states: ["stopping"], heartbeatAt: job.heartbeatAt, ...noStepSince(job) },
    set: { state: "cancelled", endedAt: fencedAt },
    conclude: {
      outcome: "stopped",
      evidence: { kind: "lease-expired", at: fencedAt, witness: ownRecords, detail },
      assurance: "presumed",
    },
    step: { at: nextStepAt(job, now), step: "lease-expired", detail },
    announce: ["stopped"],
    due: { on: "reconcile", at: now },
  };
};
