import type { ScheduledCheck } from "../domain/scheduled-check.ts";

/** Schedules checks of cancellations by delayed messages. */
export interface ReconcileQueue {
  /** Never fails: what cannot be scheduled now, the sweep of the due index finds within a minute. */
  schedule(checks: readonly ScheduledCheck[]): Promise<void>;
}
