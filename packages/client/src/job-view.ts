import type { EndState } from "./stop-reason.ts";

export type JobState = "queued" | "running" | "stopping" | EndState;

/** The part of a job that a worker needs. */
export interface JobView {
  readonly uid: string;
  readonly jobId: string;
  readonly state: JobState;
  readonly cancel: CancelOrder | null;
}

/** The order to stop, with times as RFC 3339 text. */
export interface CancelOrder {
  readonly reason: string | null;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly stopBy: string;
}
