import type { Receipt } from "./wire-views.ts";

interface Wait {
  readonly uid: string;
  readonly timeout: number;
  readonly receipt: Receipt | undefined;
  readonly cause: unknown;
}

/**
 * Says that a cancellation had no final outcome when the time to wait was up. The cancellation goes on: ask for its
 * result again, or read its receipt later.
 *
 * @example
 * ```ts
 * try {
 *   return await cancellation.result({ timeout: 60_000 });
 * } catch (error) {
 *   if (!(error instanceof ResultTimeoutError)) throw error;
 *   console.log(`not yet: ${error.receipt?.steps.at(-1)?.step}`);
 * }
 * ```
 */
export class ResultTimeoutError extends Error {
  override readonly name = "ResultTimeoutError";
  /** The job whose cancellation was waited for. */
  readonly uid: string;
  /** How long was waited, in milliseconds. */
  readonly timeout: number;
  /** The receipt as it was last seen; undefined when none could be read. */
  readonly receipt: Receipt | undefined;

  /** `cause` is why the last attempt to read the receipt failed, if it did. */
  constructor({ uid, timeout, receipt, cause }: Wait) {
    super(toSentence({ uid, timeout, receipt }), cause === undefined ? {} : { cause });
    this.uid = uid;
    this.timeout = timeout;
    this.receipt = receipt;
  }
}

const toSentence = ({ uid, timeout, receipt }: Omit<Wait, "cause">): string => {
  if (receipt === undefined) return `no receipt of job ${uid} could be read within ${timeout} ms`;
  const step = receipt.steps.at(-1)?.step;
  return `job ${uid} was still ${receipt.outcome} after ${timeout} ms${step === undefined ? "" : ` (last step: ${step})`}`;
};
