import type { Call, CallOptions } from "./call.ts";
import type { JobApi } from "./job-api.ts";
import { type HandleApi, type JobHandle, jobHandle } from "./job-handle.ts";
import type { JobRegistration } from "./registration.ts";
import type { Job, JobFilter } from "./wire-views.ts";

/** How to list jobs. */
export interface ListOptions extends CallOptions {
  /** How many jobs one request asks for: 1 to 100, 50 unless given. */
  readonly pageSize?: number | undefined;
}

/** How to register a job. */
export interface RegisterOptions extends CallOptions {
  /** The same key again gives the job that it gave first. One is made up for each call unless given. */
  readonly idempotencyKey?: string | undefined;
}

/** The jobs that the token may see. */
export interface Jobs {
  /**
   * Lists jobs, newest first within a service and project. Pages are asked for one at a time, as the loop reaches them.
   *
   * @throws {@link JobApiError} from the loop when the server refuses; what came before it stays valid.
   * @throws The reason of `signal` when that is aborted.
   * @example
   * ```ts
   * for await (const job of standdown.jobs.list({ service: "dli", state: "running", label: "team=sales" }))
   *   await standdown.job(job.uid).cancel({ reason: "the warehouse is moved" });
   * ```
   */
  list(filter?: JobFilter, options?: ListOptions): AsyncGenerator<Job, void, undefined>;

  /**
   * Registers a job whose heartbeats and end somebody else reports. For work in this process use `runJob`, which
   * registers, reports and hears of a cancellation.
   *
   * @throws {@link JobApiError} with the code `job-already-active` when a job with this id is active, and
   * `cancelled-before-start` when it was cancelled before it came: it must not start.
   * @example
   * ```ts
   * const job = await standdown.jobs.register({ service: "dli", scope: { projectId }, jobId: "nightly-7" });
   * ```
   */
  register(job: JobRegistration, options?: RegisterOptions): Promise<JobHandle>;
}

export const jobsOf = (api: HandleApi & Pick<JobApi, "list" | "register">, call: Call): Jobs => ({
  async *list(filter = {}, options) {
    const limit = options?.pageSize === undefined ? {} : { limit: String(options.pageSize) };
    let cursor: string | null | undefined;
    do {
      const query = { ...filter, ...limit, ...(cursor && { cursor }) };
      const page = await call((signal) => api.list(query, signal), options);
      yield* page.jobs;
      cursor = page.cursor;
    } while (cursor);
  },
  async register(job, options) {
    const key = options?.idempotencyKey ?? crypto.randomUUID();
    const { uid } = await call((signal) => api.register(job, key, signal), options);
    return jobHandle(api, call, uid);
  },
});
