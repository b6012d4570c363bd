import type { EndState } from "./wire-views.ts";

/** Why the work was told to stop. */
export type StopReason =
  /** Somebody cancelled the job: while it ran, while it waited to start, or while nothing was heard of the worker. */
  | {
      readonly kind: "cancelled";
      readonly requestedBy: string;
      readonly reason: string | null;
      readonly requestedAt: Date;
      /** When the work should have stopped: the request and the job's `graceSeconds`. */
      readonly stopBy: Date;
    }
  /** Somebody else reported the end of the job: nothing more that this worker does will be recorded. */
  | { readonly kind: "ended"; readonly state: EndState }
  /**
   * The lease is over: this process was asleep or blocked for as long, or no heartbeat came through and `onLost` is `stop`.
   * The server may presume by now that the worker stopped.
   */
  | { readonly kind: "lease-lost" }
  /** The signal in the options was aborted. */
  | { readonly kind: "shut-down" };

/**
 * Tells the work why it must stop: it is the `reason` of its signal, and what `signal.throwIfAborted()` throws.
 *
 * @example
 * ```ts
 * await runJob(options, async (signal) => {
 *   for (const file of files) {
 *     signal.throwIfAborted();
 *     await load(file);
 *   }
 * });
 * ```
 */
export class JobStopped extends Error {
  override readonly name = "JobStopped";
  readonly why: StopReason;

  constructor(why: StopReason) {
    super(toSentence(why));
    this.why = why;
  }
}

const toSentence = (why: StopReason): string => {
  switch (why.kind) {
    case "cancelled":
      return `${why.requestedBy} cancelled the job${why.reason === null ? "" : `: ${why.reason}`}`;
    case "ended":
      return `the job has ended without this worker: it is ${why.state}`;
    case "lease-lost":
      return "the worker lost its lease: no heartbeat was sent, or came through, in time";
    case "shut-down":
      return "the worker was shut down";
    default:
      throw new Error(`no sentence for ${why satisfies never}`);
  }
};
