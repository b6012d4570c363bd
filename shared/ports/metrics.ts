/** Units that CloudWatch knows. */
type Unit = "Count" | "Milliseconds";

export interface Metric {
  readonly name:
    | "TimeToStop"
    | "Cancellations"
    | "NotStopped"
    | "Assurance"
    | "Contradicted"
    | "CleanupCancelled"
    | "CleanupTripped";
  readonly value: number;
  readonly unit: Unit;
  /** What the metric can be split by; where it is an alarm, it is kept without any as well. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly total?: true;
}

export interface Metrics {
  put(metric: Metric): void;
}
