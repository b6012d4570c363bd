/** What `@standdown/client` exports. */
export type { ResultOptions } from "./await-outcome.ts";
export type { CallOptions } from "./call.ts";
export type { CancellationHandle } from "./cancellation-handle.ts";
export { JobApiError } from "./job-api-error.ts";
export type { CancelOptions, JobHandle } from "./job-handle.ts";
export type { Jobs, ListOptions, RegisterOptions } from "./jobs.ts";
export type { SpawnedProcess, SpawnOptions } from "./process-group.ts";
export type {
  DocumentJob,
  GenericJob,
  GraphJob,
  IndexJob,
  JobRegistration,
  ScheduledTask,
  SqlJob,
} from "./registration.ts";
export { ResultTimeoutError } from "./result-timeout-error.ts";
export { type JobEnd, type RunJobOptions, type RunningJob, runJob, type Work } from "./run-job.ts";
export { type QueryPool, type QueryRows, type QuerySession, type RunQueryOptions, runQuery } from "./run-query.ts";
export { Standdown, type StanddownOptions } from "./standdown.ts";
export { JobStopped, type StopReason } from "./stop-reason.ts";
export type {
  Assurance,
  EndState,
  Job,
  JobFilter,
  JobState,
  Outcome,
  Problem,
  Receipt,
  StopRequest,
} from "./wire-views.ts";
