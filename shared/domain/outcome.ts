import type { Job } from "./job.ts";
import type { ScheduledCheck } from "./scheduled-check.ts";

/** How a cancel of one job ends. */
export type CancelOutcome = "accepted" | "too-late" | "not-found" | "wrong-secret" | "unsupported-type";

/** How a request about jobs ended: pipelines return it, protocols word it, logs and queues report its kind. */
export type Outcome<Kind extends string = OutcomeKind> = Kind extends string ? Ended<Kind> : never;

export interface Ended<Kind extends string> {
  readonly kind: Kind;
  /** The one that the request was about, as it is now. */
  readonly job?: Job | undefined;
  /** Valid, as the caller wrote it. */
  readonly jobId?: string;
  /** The body of a read, without what a protocol puts around it. */
  readonly body?: object;
  /** When the cancellation that this request has begun, or ended, is to be reconciled. */
  readonly check?: ScheduledCheck | undefined;
}

/** `remembered` where no such job is known yet, and for a while none may start. `shown` is the end of a read. */
export type OutcomeKind = CancelOutcome | "remembered" | "shown";
