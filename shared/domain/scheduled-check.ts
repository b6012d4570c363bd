/** When to reconcile a cancellation. */
export interface ScheduledCheck {
  readonly uid: string;
  readonly delaySeconds: number;
}
