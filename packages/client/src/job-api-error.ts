import type { JobView } from "./job-view.ts";

interface RequestRejected {
  readonly status?: number;
  readonly code?: string;
  readonly job?: JobView;
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
  /** The job that stood in the way, as it is now. */
  readonly job: JobView | undefined;
  /** How long the server wants to be left alone, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(message: string, { status, code, job, retryAfterMs = 0, cause }: RequestRejected = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.status = status;
    this.code = code;
    this.job = job;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same request may fare better later. */
  get isPassing(): boolean {
    return this.status === undefined || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** The job that a report came too late for, since it has ended already. */
export const endedJobIn = (error: unknown): JobView | undefined =>
  error instanceof JobApiError && error.code === "job-ended" ? error.job : undefined;
