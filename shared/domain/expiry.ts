import type { Change } from "./change.ts";
import { type Instant, type Job, leaseExpiresAt } from "./job.ts";

/** A worker that was told to stop and lost its lease is fenced: its later reports are refused. */
export const isFenced = (job: Job, now: Instant): boolean => job.state === "stopping" && leaseExpiresAt(job) <= now;

/** Ends the cancellation of a fenced job. A heartbeat that arrives first voids it. */
export const expire = (job: Job, now: Instant): Change => {
  const fencedAt = Math.max(leaseExpiresAt(job), job.cancellation?.requestedAt ?? 0);
  const detail = `no heartbeat for ${job.heartbeatTimeoutSeconds} s: the worker lost its lease and its reports are refused`;
  return {
    when: { uid: job.uid, states: ["stopping"], heartbeatAt: job.heartbeatAt },
    set: { state: "cancelled", endedAt: fencedAt },
    conclude: { outcome: "stopped", evidence: { kind: "lease-expired", at: fencedAt, detail } },
    step: { at: now, step: "lease-expired", detail },
    announce: ["stopped"],
    due: { on: "reconcile", at: now },
  };
};
