export interface ScheduledCheck {
  readonly uid: string;
  readonly delaySeconds: number;
}
