type Unit = "Count" | "Milliseconds" | "Seconds";

export interface Metric {
  readonly name:
    | "TimeToStop"
    | "Cancellations"
    | "NotStopped"
    | "Assurance"
    | "Contradicted"
    | "CleanupCancelled"
    | "CleanupTripped"
    | "ConfigurationUnreadable"
    | "Locked"
    | "OldestDue"
    | "Throttled"
    | "Unreadable";
  readonly value: number;
  readonly unit: Unit;
  /** With `total` the metric is kept without dimensions as well, for an alarm. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly total?: true;
}

export interface Metrics {
  put(metric: Metric): void;
}
