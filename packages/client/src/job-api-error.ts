import type { Job, Problem } from "./wire-views.ts";

interface Refusal {
  readonly status?: number;
  readonly problem?: Problem;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/**
 * Says that the job API did not do what it was asked. `status`, `code` and `problem` are those of its answer; without
 * a `status` there was no answer, and `cause` says why.
 *
 * @example
 * ```ts
 * try {
 *   await standdown.job(uid).cancel({ reason: "no longer needed" });
 * } catch (error) {
 *   if (!(error instanceof JobApiError && error.code === "too-late")) throw error;
 *   console.log(`the job had ended already: it is ${error.job?.state}`);
 * }
 * ```
 */
export class JobApiError extends Error {
  override readonly name = "JobApiError";
  /** The HTTP status, e.g. 409; undefined when there was no answer. */
  readonly status: number | undefined;
  /** What the refusal is, for programs, e.g. `too-late`. */
  readonly code: string | undefined;
  /** The whole refusal (RFC 9457); undefined when it is not Standdown's, but e.g. a gateway's. */
  readonly problem: Problem | undefined;
  /** The job that stood in the way, as it is now. */
  readonly job: Job | undefined;
  /** How long the server asks to wait before the next request, in milliseconds; 0 unless it asks. */
  readonly retryAfterMs: number;

  constructor(message: string, { status, problem, retryAfterMs = 0, cause }: Refusal = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.status = status;
    this.code = problem?.code;
    this.problem = problem;
    this.job = problem?.job;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same request may succeed later: there was no answer, or one of 408, 429 and 5xx. */
  get isTransient(): boolean {
    return this.status === undefined || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** The job that a report came too late for, since it has ended already. */
export const endedJobIn = (error: unknown): Job | undefined =>
  error instanceof JobApiError && error.code === "job-ended" ? error.job : undefined;
