import type { Call, CallOptions } from "./call.ts";
import { type CancellationHandle, cancellationHandle, type ReceiptApi } from "./cancellation-handle.ts";
import type { JobApi } from "./job-api.ts";
import type { Job } from "./wire-views.ts";

/** Why to cancel a job. */
export interface CancelOptions extends CallOptions {
  /** Stands in the receipt and is told to the worker: at most 1024 characters. */
  readonly reason?: string | undefined;
}

/**
 * One job, by its uid. Making the handle asks nothing of the server. Its `receipt` and `result` are those of the job's
 * cancellation, whoever asked for it.
 */
export interface JobHandle extends CancellationHandle {
  /**
   * Reads the job as it is now.
   *
   * @throws {@link JobApiError} with the code `job-not-found` when there is none that the token may see.
   * @example
   * ```ts
   * const { state, leaseExpiresAt } = await standdown.job(uid).get();
   * ```
   */
  get(options?: CallOptions): Promise<Job>;

  /**
   * Cancels the job: resolves once the cancellation is on record, which is before the work has stopped. A second cancel
   * gives the same cancellation, whose receipt counts it in `repeats`.
   *
   * @throws {@link JobApiError} with the code `too-late` when the job had ended otherwise, `unsupported-type` when its
   * service does not let jobs of its type be cancelled, `job-not-found` when there is none that the token may cancel.
   * @example
   * ```ts
   * const cancellation = await standdown.job(uid).cancel({ reason: "no longer needed" });
   * const { outcome } = await cancellation.result({ timeout: 60_000 });
   * ```
   */
  cancel(options?: CancelOptions): Promise<CancellationHandle>;
}

/** The parts of the job API that a job is read and cancelled by. */
export type HandleApi = ReceiptApi & Pick<JobApi, "get" | "cancel">;

export const jobHandle = (api: HandleApi, call: Call, uid: string): JobHandle => {
  const cancellation = cancellationHandle(api, call, uid);
  return {
    ...cancellation,
    get: (options) => call((signal) => api.get(uid, signal), options),
    cancel: async (options) => {
      await call((signal) => api.cancel(uid, options?.reason, signal), options);
      return cancellation;
    },
  };
};
