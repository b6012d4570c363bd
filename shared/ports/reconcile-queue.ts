import type { ScheduledCheck } from "../domain/scheduled-check.ts";

export interface ReconcileQueue {
  /** Never fails: the sweep finds within a minute what could not be scheduled. */
  schedule(checks: readonly ScheduledCheck[]): Promise<void>;
}
