import * as v from "valibot";
import { assurances, cancellationOutcomes, evidenceKinds, jobStates, triggers } from "../../shared/domain/job.ts";

/** Views are typed by these schemas, and the OpenAPI document describes them. */
const timestamp = v.pipe(v.string(), v.isoTimestamp());

const stopRequest = v.object({
  reason: v.nullable(v.string()),
  requestedBy: v.string(),
  requestedAt: timestamp,
  stopBy: timestamp,
});

export const job = v.object({
  uid: v.string(),
  service: v.string(),
  scope: v.record(v.string(), v.string()),
  jobId: v.string(),
  jobType: v.string(),
  state: v.picklist(jobStates),
  backend: v.looseObject({ kind: v.string() }),
  labels: v.record(v.string(), v.string()),
  registeredBy: v.string(),
  registeredAt: timestamp,
  startedAt: v.nullable(timestamp),
  endedAt: v.nullable(timestamp),
  heartbeatAt: timestamp,
  leaseExpiresAt: timestamp,
  heartbeatTimeoutSeconds: v.number(),
  maxRuntimeSeconds: v.nullable(v.number()),
  maxQueuedSeconds: v.number(),
  graceSeconds: v.number(),
  error: v.nullable(v.string()),
  cancel: v.nullable(
    v.object({
      ...stopRequest.entries,
      outcome: v.picklist(cancellationOutcomes),
      assurance: v.nullable(v.picklist(assurances)),
    }),
  ),
});

export const jobPage = v.object({ jobs: v.array(job), cursor: v.nullable(v.string()) });

export const heartbeatAnswer = v.object({
  state: v.picklist(jobStates),
  cancel: v.nullable(stopRequest),
  leaseExpiresAt: timestamp,
});

export const receipt = v.object({
  uid: v.string(),
  service: v.string(),
  scope: v.record(v.string(), v.string()),
  jobId: v.string(),
  trigger: v.picklist(triggers),
  requestedBy: v.string(),
  onBehalfOf: v.nullable(v.string()),
  reason: v.nullable(v.string()),
  requestedAt: timestamp,
  outcome: v.picklist(cancellationOutcomes),
  assurance: v.nullable(v.picklist(assurances)),
  verified: v.boolean(),
  evidence: v.nullable(
    v.object({
      kind: v.picklist(evidenceKinds),
      at: timestamp,
      witness: v.string(),
      detail: v.string(),
    }),
  ),
  steps: v.array(v.object({ at: timestamp, step: v.string(), detail: v.nullable(v.string()) })),
  timeToStopMs: v.nullable(v.number()),
  residue: v.nullable(v.pipe(v.array(v.string()), v.readonly())),
  contradictions: v.array(v.object({ at: timestamp, what: v.string() })),
  repeats: v.number(),
});

export const problem = v.looseObject({
  type: v.string(),
  code: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  requestId: v.string(),
});
