import { inPascalCase } from "./logical-ids.mjs";

/** All alarms of the template, as data: each has a section of docs/operations/alarms.md under its name. */

const page = (name) => `docs/operations/alarms.md#${name}`;

const alarm = (name, description, { prefix, topic }, { section = name, ...more }) => ({
  Type: "AWS::CloudWatch::Alarm",
  Properties: {
    AlarmName: `${prefix}-${name}`,
    EvaluationPeriods: 1,
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    Threshold: 1,
    // Nothing is counted while all is well.
    TreatMissingData: "notBreaching",
    AlarmActions: [topic],
    ...more,
    AlarmDescription: `${description} ${page(section)}`,
  },
});

/** Of one metric, within five minutes. */
const metric = (Namespace, MetricName, Statistic = "Sum", Dimensions) => ({
  ...{ Namespace, MetricName, Statistic, Period: 300 },
  ...(Dimensions ? { Dimensions } : {}),
});

/** Of the sum of several metrics. */
const sumOf = (...metrics) => ({
  Metrics: [
    { Id: "sum", Expression: metrics.map((_, index) => `FILL(m${index}, 0)`).join(" + "), ReturnData: true },
    ...metrics.map(({ Namespace, MetricName, Statistic, Period, Dimensions }, index) => ({
      Id: `m${index}`,
      MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat: Statistic },
      ReturnData: false,
    })),
  ],
});

/** What the functions count. */
const counted = [
  ["not-stopped", "NotStopped", "A job was seen alive after the last deadline of its cancellation."],
  ["contradicted", "Contradicted", "A job showed a sign of life after its receipt had said that it ended."],
  ["cleanup-tripped", "CleanupTripped", "A cleanup policy would have gone beyond its limits, and acted on nothing."],
  [
    "configuration-unreadable",
    "ConfigurationUnreadable",
    "The configuration document cannot be read or contradicts itself, and the last good one is in force.",
  ],
  ["oldest-due", "OldestDue", "A due queue is behind by ten minutes and more, in seconds of its oldest entry."],
  ["throttled", "Throttled", "The table throttled requests or runs, which answered 429 or left work to the next run."],
  ["locked", "Locked", "Somebody went on after too many wrong signatures of a key, or wrong secrets of a job."],
  ["unreadable", "Unreadable", "An item of the table cannot be read as a job. Nothing acts on it; the log names it."],
];

export const countedAlarms = (told) =>
  Object.fromEntries(
    counted.map(([name, MetricName, description]) => {
      const more = name === "oldest-due" ? { Statistic: "Maximum", Threshold: 600 } : {};
      return [
        `${inPascalCase(name)}Alarm`,
        alarm(name, description, told, { ...metric(told.namespace, MetricName), ...more }),
      ];
    }),
  );

/** How the parts of AWS are. `functions` are deployed names by the ids of their resources. */
export const healthAlarms = (functions, queues, everyMinute, told) => {
  const api = [{ Name: "ApiId", Value: { Ref: "HttpApi" } }];
  const table = [{ Name: "TableName", Value: told.table }];
  const ofFunction = (name) => [{ Name: "FunctionName", Value: name }];
  const { prefix } = told;
  return {
    ...Object.fromEntries(
      functions.map(({ id, name, deployed }) => [
        `${id}FailingAlarm`,
        alarm(`${name}-failing`, "A function failed, ran out of time or was throttled.", told, {
          section: "failing",
          ...sumOf(
            metric("AWS/Lambda", "Errors", "Sum", ofFunction(deployed)),
            metric("AWS/Lambda", "Throttles", "Sum", ofFunction(deployed)),
          ),
        }),
      ]),
    ),
    ...Object.fromEntries(
      everyMinute.map(({ id, name, deployed }) => [
        `${id}MissingAlarm`,
        alarm(`${name}-missing`, "A scheduled run did not happen for five minutes.", told, {
          section: "missing",
          ...metric("AWS/Lambda", "Invocations", "Sum", ofFunction(deployed)),
          ComparisonOperator: "LessThanThreshold",
          TreatMissingData: "breaching",
        }),
      ]),
    ),
    ...Object.fromEntries(
      queues.map(({ id, name }) => [
        `${id}OldestAlarm`,
        alarm(`${name}-oldest`, "A message has waited for a quarter of an hour.", told, {
          section: "oldest",
          ...metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", [
            { Name: "QueueName", Value: `${prefix}-${name}` },
          ]),
          Threshold: 900,
        }),
      ]),
    ),
    ServerErrorsAlarm: alarm(
      "server-errors",
      "The API answered with 5xx.",
      told,
      metric("AWS/ApiGateway", "5xx", "Sum", api),
    ),
    TooManyRequestsAlarm: alarm("too-many-requests", "The API refused more than 100 requests with 429.", told, {
      ...metric(told.namespace, "TooManyRequests"),
      Threshold: 100,
    }),
    TableThrottledAlarm: alarm("table-throttled", "DynamoDB throttled reads or writes of the table.", told, {
      ...sumOf(
        metric("AWS/DynamoDB", "ReadThrottleEvents", "Sum", table),
        metric("AWS/DynamoDB", "WriteThrottleEvents", "Sum", table),
      ),
    }),
    UndeliveredAlarm: alarm("undelivered", "The bus could not bring an event to a queue.", told, {
      ...metric("AWS/Events", "FailedInvocations", "Sum", [{ Name: "EventBusName", Value: { Ref: "EventBus" } }]),
    }),
  };
};

export const deadLettersAlarm = (queueName, name, told) =>
  alarm(name, "Messages could not be dealt with: a person has to look at them.", told, {
    section: "dead-letters",
    ...metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", [{ Name: "QueueName", Value: queueName }]),
  });

/** What the access log says was refused for its rate: API Gateway has no metric of that alone. */
export const tooManyRequestsFilter = (namespace) => ({
  Type: "AWS::Logs::MetricFilter",
  Properties: {
    LogGroupName: { Ref: "HttpApiLogGroup" },
    FilterPattern: "{ $.status = 429 }",
    MetricTransformations: [{ MetricNamespace: namespace, MetricName: "TooManyRequests", MetricValue: "1" }],
  },
});

/** Stands for a value in a text that CloudFormation completes. */
const refTo = (id) => `\${${id}}`;

/** One page of graphs, for who looks before anybody is told. */
export const dashboard = (functions, queues, { prefix, namespace }) => {
  const graph = (title, metrics, at) => ({
    ...{ type: "metric", width: 12, height: 6, x: (at % 2) * 12, y: Math.floor(at / 2) * 6 },
    properties: { title, metrics, region: refTo("AWS::Region"), stat: "Sum", period: 300, view: "timeSeries" },
  });
  const each = (service, name, dimension, values) => values.map((value) => [service, name, dimension, value]);
  const names = functions.map(({ deployed }) => deployed);
  const widgets = [
    graph(
      "Cancellations and what did not stop",
      ["Cancellations", "NotStopped", "Contradicted"].map((name) => [namespace, name]),
      0,
    ),
    graph(
      "API",
      ["Count", "4xx", "5xx"].map((name) => ["AWS/ApiGateway", name, "ApiId", refTo("HttpApi")]),
      1,
    ),
    graph("Errors of functions", each("AWS/Lambda", "Errors", "FunctionName", names), 2),
    graph("Throttles of functions", each("AWS/Lambda", "Throttles", "FunctionName", names), 3),
    graph(
      "Oldest message, in seconds",
      each(
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        "QueueName",
        queues.map(({ name }) => `${prefix}-${name}`),
      ),
      4,
    ),
    graph(
      "Table",
      ["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents"].map(
        (name) => ["AWS/DynamoDB", name, "TableName", refTo("JobsTable")],
      ),
      5,
    ),
  ];
  return {
    Type: "AWS::CloudWatch::Dashboard",
    Properties: { DashboardName: prefix, DashboardBody: { "Fn::Sub": JSON.stringify({ widgets }) } },
  };
};
