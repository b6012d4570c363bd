import { type Instant, isTerminal, type Job } from "../../shared/domain/job.ts";
import type { StateNames } from "../../shared/protocols/reply.ts";

/** A job as both reads of AnalyticDB for PostgreSQL show it. Names and formats are documented; P our own decision. */
export const analyticDbJob = (job: Job, states: StateNames) => ({
  Id: job.jobId,
  Status: states[job.state],
  Completed: isTerminal(job.state), // P: also of a job that failed or was cancelled, since clients wait for it
  CreateTime: timestamp(job.registeredAt),
  // P: the end, else the last sign of life or the request to cancel.
  UpdateTime: timestamp(job.endedAt ?? Math.max(job.heartbeatAt, job.cancellation?.requestedAt ?? 0)),
  Error: job.error ?? "", // P: empty where there is none
  // "Only V7.0 supports the Progress parameter": clients can do without it, and known to us is only the end (P).
  ...(job.state === "succeeded" ? { Progress: 100 } : {}),
});

/** Such as 2024-01-08 16:52:04.864664. The pages name no time zone: UTC (P). */
const timestamp = (at: Instant): string => new Date(at).toISOString().replace("T", " ").replace("Z", "000");
