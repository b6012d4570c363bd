import type { Job } from "./job.ts";
import type { ScheduledCheck } from "./scheduled-check.ts";

export type CancelOutcome = "accepted" | "too-late" | "not-found" | "wrong-secret" | "unsupported-type";

/** How a request about jobs ended. */
export type Outcome<Kind extends string = OutcomeKind> = Kind extends string ? Ended<Kind> : never;

export interface Ended<Kind extends string> {
  readonly kind: Kind;
  readonly job?: Job | undefined;
  /** As the caller wrote it. */
  readonly jobId?: string;
  readonly body?: object;
  readonly check?: ScheduledCheck | undefined;
}

/** `remembered` where no such job is known yet, and for a while none may start. `shown` is the end of a read. */
export type OutcomeKind = CancelOutcome | "remembered" | "shown";
