import { setTimeout as pause } from "node:timers/promises";
import { JobApiError } from "./job-api-error.ts";

const firstPauseMs = 100;

/**
 * Sends a request again until the server has answered it, with growing pauses in between, none longer than `maxMs`.
 * Throws the last {@link JobApiError} when the answer is a refusal that will not pass, or once the signal is aborted.
 */
export const persist = async <Body>(
  request: () => Promise<Body>,
  { signal, maxMs }: { readonly signal: AbortSignal; readonly maxMs: number },
): Promise<Body> => {
  let last: JobApiError | undefined;
  for (let failures = 0; ; failures++) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof JobApiError) || !error.isTransient) throw error;
      // Where the signal broke this attempt off, the one before says what is wrong.
      if (signal.aborted) throw error.status === undefined ? (last ?? error) : error;
      last = error;
      const ms = pauseMs(failures, error.retryAfterMs, maxMs);
      const interrupted = await pause(ms, false, { signal }).catch(() => true);
      if (interrupted) throw error;
    }
  }
};

/**
 * Doubles with each failure, with jitter so that the workers that one outage hit do not come back all at once. Never
 * shorter than the server asked for, unless that is longer than `maxMs`: a request too early costs the server little,
 * a lost lease costs the job.
 */
export const pauseMs = (failures: number, retryAfterMs: number, maxMs: number, random = Math.random()): number => {
  const backoff = firstPauseMs * 2 ** failures * (0.5 + random / 2);
  return Math.min(Math.max(backoff, retryAfterMs), maxMs);
};
