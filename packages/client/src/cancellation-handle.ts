import { awaitOutcome, type ResultOptions } from "./await-outcome.ts";
import type { Call, CallOptions } from "./call.ts";
import type { JobApi } from "./job-api.ts";
import type { Receipt } from "./wire-views.ts";

/** The one cancellation of a job. */
export interface CancellationHandle {
  /** Standdown's id of the job. */
  readonly uid: string;

  /**
   * Reads the receipt as it is now.
   *
   * @throws {@link JobApiError} with the code `no-cancellation` when nobody cancelled the job, `job-not-found` when
   * there is none with this uid that the token may see.
   * @example
   * ```ts
   * const { outcome, requestedBy } = await standdown.job(uid).receipt();
   * ```
   */
  receipt(options?: CallOptions): Promise<Receipt>;

  /**
   * Waits until the outcome is final, and resolves with the receipt. The outcome is then `stopped`, `completed-first`
   * (the work was done before it could be stopped) or `not-stopped` (it was still alive when the last deadline passed).
   * Outages of the server are waited out; pauses grow up to 5 s, or are as long as its `Retry-After` asks.
   *
   * @throws {@link ResultTimeoutError} with the receipt as last seen when the time is up.
   * @throws {@link JobApiError} when the server refuses, e.g. with the code `no-cancellation`.
   * @throws RangeError for a timeout that is not more than 0, or too long for a timer.
   * @throws The reason of `signal` when that is aborted.
   * @example
   * ```ts
   * const receipt = await cancellation.result({ timeout: 60_000, signal: AbortSignal.any([shutdown, requestClosed]) });
   * if (receipt.outcome === "not-stopped") await callSomebody(receipt);
   * ```
   */
  result(options: ResultOptions): Promise<Receipt>;
}

/** The parts of the job API that a cancellation is followed by. */
export type ReceiptApi = Pick<JobApi, "receipt">;

export const cancellationHandle = (api: ReceiptApi, call: Call, uid: string): CancellationHandle => {
  const read = (signal: AbortSignal) => api.receipt(uid, signal);
  return {
    uid,
    receipt: (options) => call(read, options),
    result: (options) => awaitOutcome({ ...options, uid, read }),
  };
};
