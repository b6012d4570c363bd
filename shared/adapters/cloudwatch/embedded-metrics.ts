import type { Metrics } from "../../ports/metrics.ts";

/**
 * Metrics as lines of the log, in CloudWatch's embedded metric format: no call, and nothing to wait for.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const embeddedMetrics = (write: (line: string) => void, now: () => number, namespace: string): Metrics => ({
  put({ name, value, unit, dimensions, total }) {
    const names = Object.keys(dimensions);
    const Dimensions = total && names.length > 0 ? [names, []] : [names];
    const CloudWatchMetrics = [{ Namespace: namespace, Dimensions, Metrics: [{ Name: name, Unit: unit }] }];
    write(JSON.stringify({ _aws: { Timestamp: now(), CloudWatchMetrics }, ...dimensions, [name]: value }));
  },
});
