import type { Cancellation, Job } from "./job.ts";
import { timestamp } from "./timestamp.ts";

/** What nobody knows is null. */
export const toReceipt = (job: Job, cancellation: Cancellation) => {
  const { requestedAt, evidence, assurance, contradictions = [] } = cancellation;
  return {
    uid: job.uid,
    service: job.service,
    scope: job.scope,
    jobId: job.jobId,
    trigger: cancellation.trigger,
    requestedBy: cancellation.requestedBy,
    onBehalfOf: cancellation.onBehalfOf ?? null,
    reason: cancellation.reason ?? null,
    requestedAt: timestamp(requestedAt),
    outcome: cancellation.outcome,
    assurance: assurance ?? null,
    verified: assurance === "observed",
    evidence: evidence ? { ...evidence, at: timestamp(evidence.at) } : null,
    steps: cancellation.steps.map(({ at, step, detail }) => ({ at: timestamp(at), step, detail: detail ?? null })),
    timeToStopMs: timeToStop(cancellation) ?? null,
    residue: assurance === "presumed" || assurance === "contradicted" ? null : cancellation.residue,
    contradictions: contradictions.map(({ at, what }) => ({ at: timestamp(at), what })),
    repeats: cancellation.repeats,
  };
};

/** Undefined unless somebody saw the work end, or said that it did. */
export const timeToStop = ({ requestedAt, evidence, assurance, outcome }: Cancellation): number | undefined => {
  const isTimed = assurance === "acknowledged" || assurance === "reported" || assurance === "observed";
  return isTimed && evidence && evidence.kind !== "start-refused" && outcome === "stopped"
    ? evidence.at - requestedAt
    : undefined;
};
