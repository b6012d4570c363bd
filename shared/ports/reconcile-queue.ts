/** When to look at a cancellation. */
export interface ScheduledCheck {
  readonly uid: string;
  readonly delaySeconds: number;
}

/** Asks for looks at cancellations by delayed messages. */
export interface ReconcileQueue {
  /** Never fails: what cannot be asked for now, the sweep of the due index finds within a minute. */
  schedule(checks: readonly ScheduledCheck[]): Promise<void>;
}
