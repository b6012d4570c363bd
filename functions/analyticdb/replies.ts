import { type Instant, isTerminal, type Job } from "../../shared/domain/job.ts";
import { alibabaRpcReplies } from "../../shared/protocols/alibaba-rpc/replies.ts";
import type { StateNames } from "../../shared/protocols/reply.ts";

// Names and formats are documented; P our own decision.

export const indexStates: StateNames = {
  queued: "Running", // P: there is no word for a job that waits
  running: "Running",
  stopping: "Running", // P: nor for one that is being stopped
  succeeded: "Success",
  failed: "Failed",
  cancelled: "Cancelled",
};

export const documentStates: StateNames = {
  queued: "Pending",
  running: "Running",
  stopping: "Cancelling",
  succeeded: "Success",
  failed: "Failed",
  cancelled: "Cancelled",
};

export const indexReplies = alibabaRpcReplies(indexStates);
export const documentReplies = alibabaRpcReplies(documentStates);

export const toJobBody = (job: Job, states: StateNames) => ({
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
