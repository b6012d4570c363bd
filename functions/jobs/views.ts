import type * as v from "valibot";
import { type Cancellation, type Job, leaseExpiresAt, stopBy } from "../../shared/domain/job.ts";
import { toReceipt } from "../../shared/domain/receipt.ts";
import { defaultMaxQueuedSeconds } from "../../shared/domain/staleness.ts";
import { timestamp, timestampOrNull } from "../../shared/domain/timestamp.ts";
import type * as responses from "./response-schemas.ts";

/** Times are RFC 3339 text, and what is not known is null. */
export const jobView = (job: Job): v.InferOutput<typeof responses.job> => ({
  uid: job.uid,
  service: job.service,
  scope: job.scope,
  jobId: job.jobId,
  jobType: job.jobType,
  state: job.state,
  backend: job.backend,
  labels: job.labels,
  registeredBy: job.registeredBy,
  registeredAt: timestamp(job.registeredAt),
  startedAt: timestampOrNull(job.startedAt),
  endedAt: timestampOrNull(job.endedAt),
  heartbeatAt: timestamp(job.heartbeatAt),
  leaseExpiresAt: timestamp(leaseExpiresAt(job)),
  heartbeatTimeoutSeconds: job.heartbeatTimeoutSeconds,
  maxRuntimeSeconds: job.maxRuntimeSeconds ?? null,
  maxQueuedSeconds: job.maxQueuedSeconds ?? defaultMaxQueuedSeconds,
  graceSeconds: job.graceSeconds,
  error: job.error ?? null,
  cancel: cancelView(job),
});

const cancelView = (job: Job) => {
  const request = stopRequestView(job);
  if (request === null || job.cancellation === undefined) return null;
  const { outcome, assurance = null } = job.cancellation;
  return { ...request, outcome, assurance };
};

/** Null while nobody asked. */
const stopRequestView = (job: Job) =>
  job.cancellation
    ? {
        reason: job.cancellation.reason ?? null,
        requestedBy: job.cancellation.requestedBy,
        requestedAt: timestamp(job.cancellation.requestedAt),
        stopBy: timestamp(stopBy(job, job.cancellation)),
      }
    : null;

export const receiptView = (job: Job, cancellation: Cancellation): v.InferOutput<typeof responses.receipt> =>
  toReceipt(job, cancellation);

export const heartbeatView = (job: Job): v.InferOutput<typeof responses.heartbeatAnswer> => ({
  state: job.state,
  cancel: stopRequestView(job),
  leaseExpiresAt: timestamp(leaseExpiresAt(job)),
});
