import { setTimeout as pause } from "node:timers/promises";
import { startDeadline } from "./deadline.ts";
import type { Answered } from "./http.ts";
import { JobApiError } from "./job-api-error.ts";
import { pauseMs } from "./persist.ts";
import { ResultTimeoutError } from "./result-timeout-error.ts";
import type { Receipt } from "./wire-views.ts";

/** How long to wait for a final outcome. */
export interface ResultOptions {
  /** Milliseconds, from 1 to 2 147 483 647 (24 days), requests and pauses included. */
  readonly timeout: number;
  /** Ends the wait: it then rejects with the signal's reason. The cancellation goes on. */
  readonly signal?: AbortSignal | undefined;
}

interface Wait extends ResultOptions {
  readonly uid: string;
  readonly read: (signal: AbortSignal) => Promise<Answered<Receipt>>;
}

/** The longest pause between two reads of the receipt, unless the server asks for a longer one. */
const maxPauseMs = 5_000;

/** Reads the receipt until its outcome is final. A failure that may pass is waited out while there is time. */
export const awaitOutcome = async ({ uid, read, timeout, signal: given }: Wait): Promise<Receipt> => {
  given?.throwIfAborted();
  const { signal, release } = startDeadline(timeout, given);
  let receipt: Receipt | undefined;
  let cause: JobApiError | undefined;
  try {
    for (let reads = 0; !signal.aborted; reads++) {
      const answer = await read(signal).catch(toTransientError);
      if (answer instanceof JobApiError) {
        // That the time was up is no reason why the receipt could not be read.
        if (!signal.aborted) cause = answer;
      } else {
        receipt = answer.body;
        cause = undefined;
        if (receipt.outcome !== "stopping") return receipt;
      }
      const { retryAfterMs } = answer;
      const maxMs = Math.min(Math.max(maxPauseMs, retryAfterMs), timeout);
      await pause(pauseMs(reads, retryAfterMs, maxMs), undefined, { signal }).catch(() => {});
    }
    given?.throwIfAborted();
    throw new ResultTimeoutError({ uid, timeout, receipt, cause });
  } finally {
    release();
  }
};

const toTransientError = (error: unknown): JobApiError => {
  if (error instanceof JobApiError && error.isTransient) return error;
  throw error;
};
