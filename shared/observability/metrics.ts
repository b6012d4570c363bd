/** Units that CloudWatch knows. */
type Unit = "Count" | "Milliseconds";

export interface Metric {
  readonly name: "TimeToStop" | "Cancellations" | "NotStopped" | "CleanUpCancelled" | "CleanUpTripped";
  readonly value: number;
  readonly unit: Unit;
  /** What the metric can be split by; where it is an alarm, it is kept without any as well. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly total?: true;
}

export interface Metrics {
  put(metric: Metric): void;
}

/**
 * Metrics as lines of the log, in CloudWatch's embedded metric format: no call, and nothing to wait for.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const embeddedMetrics = (write: (line: string) => void, now: () => number, namespace: string): Metrics => ({
  put({ name, value, unit, dimensions, total }) {
    const Dimensions = [Object.keys(dimensions), ...(total ? [[]] : [])];
    const CloudWatchMetrics = [{ Namespace: namespace, Dimensions, Metrics: [{ Name: name, Unit: unit }] }];
    write(JSON.stringify({ _aws: { Timestamp: now(), CloudWatchMetrics }, ...dimensions, [name]: value }));
  },
});
