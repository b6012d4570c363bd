import { startDeadline } from "./deadline.ts";
import type { Answered } from "./http.ts";
import { persist } from "./persist.ts";

/** What every call takes. */
export interface CallOptions {
  /** Gives the call up: it then rejects with the signal's reason. What it asked for may have been done all the same. */
  readonly signal?: AbortSignal | undefined;
}

/** Makes one call of the job API, by as many requests as it needs. */
export type Call = <Body>(
  request: (signal: AbortSignal) => Promise<Answered<Body>>,
  options: CallOptions | undefined,
) => Promise<Body>;

/** Sends each request again while its failure may pass, for at most `timeoutMs` in all. */
export const callWithin =
  (timeoutMs: number): Call =>
  async (request, { signal } = {}) => {
    signal?.throwIfAborted();
    const deadline = startDeadline(timeoutMs, signal);
    try {
      const attempt = () => request(deadline.signal);
      return (await persist(attempt, { signal: deadline.signal, maxMs: timeoutMs })).body;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      deadline.release();
    }
  };
