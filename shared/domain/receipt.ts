import type { Cancellation, Job } from "./job.ts";
import { timestamp } from "./timestamp.ts";

/** The record of a cancellation. `verified` means that there is evidence of how the work ended. */
export const toReceipt = (job: Job, cancellation: Cancellation) => {
  const { requestedAt, evidence } = cancellation;
  return {
    uid: job.uid,
    service: job.service,
    scope: job.scope,
    jobId: job.jobId,
    trigger: cancellation.trigger,
    requestedBy: cancellation.requestedBy,
    reason: cancellation.reason ?? null,
    requestedAt: timestamp(requestedAt),
    outcome: cancellation.outcome,
    verified: evidence !== undefined,
    evidence: evidence ? { ...evidence, at: timestamp(evidence.at) } : null,
    steps: cancellation.steps.map(({ at, step, detail }) => ({ at: timestamp(at), step, detail: detail ?? null })),
    timeToStopMs: evidence ? evidence.at - requestedAt : null,
    residue: cancellation.residue,
    repeats: cancellation.repeats,
  };
};
