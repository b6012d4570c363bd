import type { Probe } from "../../domain/decide-reconcile.ts";
import { type Job, leaseExpiresAt, stopBy } from "../../domain/job.ts";
import type { Backend } from "../../ports/backend.ts";

/** One heartbeat after the grace period contradicts the stop; silence ends with the lease. */
export const probeWorker = (job: Job): Probe =>
  job.cancellation && job.heartbeatAt > stopBy(job, job.cancellation)
    ? { kind: "alive" }
    : { kind: "unknown", until: leaseExpiresAt(job) };

/**
 * The worker hears of the cancellation in the answer to its next heartbeat: the claim itself is the stop request. There is
 * nothing to ask but its heartbeats.
 */
export const workerBackend: Backend = {
  escalationSteps: [{ name: "ask the worker" }],
  stop: async () => ({ kind: "accepted" }),
  probe: async (job) => probeWorker(job),
};
