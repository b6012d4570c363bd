import type { Probe } from "../../domain/decide-reconcile.ts";
import { fencedFrom } from "../../domain/expiry.ts";
import { type Instant, type Job, stopBy } from "../../domain/job.ts";
import type { Backend } from "../../ports/backend.ts";

/** One heartbeat after the grace period says that the work goes on, for as long as its lease lasts. */
export const probeWorker = (job: Job, now: Instant): Probe =>
  job.cancellation && job.heartbeatAt > stopBy(job, job.cancellation) && now < fencedFrom(job)
    ? { kind: "alive" }
    : { kind: "unknown", until: fencedFrom(job) };

/**
 * The worker hears of the cancellation in the answer to its next heartbeat: the claim itself is the stop request. There is
 * nothing to ask but its heartbeats.
 */
export const workerBackend: Backend = {
  escalationSteps: [{ name: "ask the worker" }],
  stop: async () => ({ kind: "accepted" }),
  probe: async (job, now) => probeWorker(job, now),
};
