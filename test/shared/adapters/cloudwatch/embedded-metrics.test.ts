import { describe, expect, test } from "vitest";
import { embeddedMetrics } from "../../../../shared/adapters/cloudwatch/embedded-metrics.ts";
import type { Metric } from "../../../../shared/ports/metrics.ts";
import { now } from "../../../support/stack/jobs.ts";

/** The line that is written for a metric, as CloudWatch reads it. */
const written = (metric: Metric) => {
  const lines: string[] = [];
  embeddedMetrics(
    (line) => lines.push(line),
    () => now,
    "standdown-test",
  ).put(metric);
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain("\n");
  return JSON.parse(lines[0] ?? "");
};

const timeToStop: Metric = {
  name: "TimeToStop",
  value: 1500,
  unit: "Milliseconds",
  dimensions: { service: "dli", backend: "worker" },
};

describe("a metric", () => {
  test("is one line in the embedded metric format", () => {
    expect(written(timeToStop)).toEqual({
      _aws: {
        Timestamp: now,
        CloudWatchMetrics: [
          {
            Namespace: "standdown-test",
            Dimensions: [["service", "backend"]],
            Metrics: [{ Name: "TimeToStop", Unit: "Milliseconds" }],
          },
        ],
      },
      service: "dli",
      backend: "worker",
      TimeToStop: 1500,
    });
  });

  test("that an alarm looks at is kept without dimensions as well, and counted once in each", () => {
    const line = written({ name: "NotStopped", value: 1, unit: "Count", dimensions: { service: "ges" }, total: true });
    expect(line._aws.CloudWatchMetrics).toEqual([
      { Namespace: "standdown-test", Dimensions: [["service"], []], Metrics: [{ Name: "NotStopped", Unit: "Count" }] },
    ]);
  });

  test.each<Metric>([
    timeToStop,
    { ...timeToStop, value: 0 },
    { name: "Cancellations", value: 1, unit: "Count", dimensions: { service: "dds", outcome: "completed-first" } },
    { name: "CleanupTripped", value: 1, unit: "Count", dimensions: { policy: "max-runtime" }, total: true },
  ])("has a member for each name that its directive points at: $name $value", (metric) => {
    const { _aws, ...members } = written(metric);
    for (const { Dimensions, Metrics } of _aws.CloudWatchMetrics) {
      for (const name of Dimensions.flat()) expect(members[name]).toEqual(expect.any(String));
      for (const { Name } of Metrics) expect(members[Name]).toBe(metric.value);
    }
    expect(Object.keys(members).sort()).toEqual([...Object.keys(metric.dimensions), metric.name].sort());
  });
});
