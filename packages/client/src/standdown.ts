import { type Call, callWithin } from "./call.ts";
import { checkTimeout } from "./deadline.ts";
import { type JobApi, jobApi } from "./job-api.ts";
import { type JobHandle, jobHandle } from "./job-handle.ts";
import { type Jobs, jobsOf } from "./jobs.ts";

/** Where Standdown listens, who asks, and for how long a call is tried. */
export interface StanddownOptions {
  /** Where Standdown listens, e.g. `http://127.0.0.1:3000`. */
  readonly endpoint: string;
  /** A bearer token, or a function that gives one for each request, for tokens that are renewed. */
  readonly token: string | (() => string | Promise<string>);
  /**
   * For how many milliseconds one call is tried, repetitions included; 30 000 unless given. Whatever got no answer, or
   * one of 408, 429 and 5xx, is sent again.
   */
  readonly timeout?: number | undefined;
}

const defaultTimeoutMs = 30_000;
const maxAttemptMs = 10_000;

/**
 * Reads, lists and cancels jobs, and waits for their receipts. It holds no connection and needs no closing.
 *
 * @example
 * ```ts
 * const standdown = new Standdown({ endpoint: "http://127.0.0.1:3000", token: "dev-token" });
 * const cancellation = await standdown.job(uid).cancel({ reason: "no longer needed" });
 * const receipt = await cancellation.result({ timeout: 60_000 });
 * ```
 */
export class Standdown {
  /** Lists and registers jobs. */
  readonly jobs: Jobs;
  readonly #api: JobApi;
  readonly #call: Call;

  /**
   * Asks nothing of the server yet.
   *
   * @throws TypeError for an endpoint that is no URL, or a token that is not visible ASCII characters.
   * @throws RangeError for a timeout that is not more than 0, or too long for a timer.
   */
  constructor({ endpoint, token, timeout = defaultTimeoutMs }: StanddownOptions) {
    checkTimeout(timeout);
    this.#api = jobApi({ endpoint, token, timeoutMs: Math.min(Math.ceil(timeout / 2), maxAttemptMs) });
    this.#call = callWithin(timeout);
    this.jobs = jobsOf(this.#api, this.#call);
  }

  /**
   * Makes a handle of a job. Whether there is such a job shows with the first call of the handle.
   *
   * @throws TypeError for a text that cannot be a uid.
   * @example
   * ```ts
   * const { state } = await standdown.job("01K9ZQ4V6C3M8W2RXT5YB7HJDN").get();
   * ```
   */
  job(uid: string): JobHandle {
    // It becomes part of a path.
    if (!/^[0-9A-Za-z]+$/.test(uid)) throw new TypeError("The uid must be letters and digits (a ULID).");
    return jobHandle(this.#api, this.#call, uid);
  }
}
