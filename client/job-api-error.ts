import type { EndState } from "./stop-reason.ts";

export type JobState = "queued" | "running" | "stopping" | EndState;

export interface Refusal {
  readonly status?: number;
  readonly code?: string;
  readonly state?: JobState;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/**
 * The job API did not do what it was asked. `status` and `code` are those of its answer, e.g. 409 and
 * `job-already-active`; without a `status` there was no answer, and `cause` says why.
 */
export class JobApiError extends Error {
  override readonly name = "JobApiError";
  readonly status: number | undefined;
  readonly code: string | undefined;
  /** The state of the job, where that is why. */
  readonly state: JobState | undefined;
  /** How long the server wants to be left alone, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(message: string, { status, code, state, retryAfterMs = 0, cause }: Refusal = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.status = status;
    this.code = code;
    this.state = state;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same request may fare better later. */
  get isPassing(): boolean {
    return this.status === undefined || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** The state of a job that has ended already, where that is why a report was refused. */
export const endStateIn = (error: unknown): EndState | undefined =>
  error instanceof JobApiError && error.code === "job-ended" ? (error.state as EndState) : undefined;
