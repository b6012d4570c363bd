import { expect, test } from "vitest";
import { describeBundle, hasQueues } from "../../../packages/local/template/bundle.ts";
import { localAccount, type Resource } from "../../../packages/local/template/resources.ts";

const account = localAccount("eu-west-1", "http://127.0.0.1:4566");
const Sweep = {
  Type: "AWS::Lambda::Function",
  Properties: { FunctionName: "standdown-dev-sweep", Handler: "a.http", Code: { S3Key: "x/sweep.zip" } },
};
const describeWith = (resources: Readonly<Record<string, Resource>>) =>
  describeBundle({ Resources: { Sweep, ...resources } }, "/package", account);
const sweepArn = { "Fn::GetAtt": ["Sweep", "Arn"] };

const arn = (name: string) => `arn:aws:sqs:eu-west-1:000000000000:${name}`;

test("describes a queue by what it is for, with its attributes as strings", () => {
  const queue = (Properties?: object) => ({ Type: "AWS::SQS::Queue", ...(Properties && { Properties }) }) as Resource;
  const { queues } = describeWith({
    CancelSqlJobQueue: queue({
      VisibilityTimeout: 60,
      MessageRetentionPeriod: 1_209_600,
      RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": ["Dead", "Arn"] }, maxReceiveCount: 5 },
    }),
    Dead: queue({
      QueueName: { "Fn::Sub": `\${AWS::StackName}-cancel-sql-job-dead-letters` },
      RedriveAllowPolicy: { redrivePermission: "denyAll" },
    }),
    Other: queue({ QueueName: "other-queue.fifo", FifoQueue: true }),
  });
  expect(queues).toEqual([
    {
      name: "standdown-dev-CancelSqlJobQueue",
      shortName: "cancel-sql-job",
      url: "http://127.0.0.1:4566/000000000000/standdown-dev-CancelSqlJobQueue",
      arn: arn("standdown-dev-CancelSqlJobQueue"),
      attributes: {
        VisibilityTimeout: "60",
        MessageRetentionPeriod: "1209600",
        RedrivePolicy: `{"deadLetterTargetArn":"${arn("standdown-dev-cancel-sql-job-dead-letters")}","maxReceiveCount":5}`,
      },
      deadLetterArn: arn("standdown-dev-cancel-sql-job-dead-letters"),
    },
    {
      name: "standdown-dev-cancel-sql-job-dead-letters",
      shortName: "cancel-sql-job-dead-letters",
      url: "http://127.0.0.1:4566/000000000000/standdown-dev-cancel-sql-job-dead-letters",
      arn: arn("standdown-dev-cancel-sql-job-dead-letters"),
      attributes: { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' },
      deadLetterArn: undefined,
    },
    {
      name: "other-queue.fifo",
      shortName: "other",
      url: "http://127.0.0.1:4566/000000000000/other-queue.fifo",
      arn: arn("other-queue.fifo"),
      attributes: { FifoQueue: "true" },
      deadLetterArn: undefined,
    },
  ]);
});

test("a template without queues needs no server for them", () => {
  expect(hasQueues({ Resources: { Sweep } })).toBe(false);
  expect(hasQueues({ Resources: { Sweep, Queue: { Type: "AWS::SQS::Queue" } } })).toBe(true);
});

const Queue = { Type: "AWS::SQS::Queue" };
const mapping = (properties: object = {}) => ({
  Type: "AWS::Lambda::EventSourceMapping",
  Properties: { EventSourceArn: { "Fn::GetAtt": ["Queue", "Arn"] }, FunctionName: sweepArn, ...properties },
});

test.each([
  ["AWS's defaults", {}, { batchSize: 10, batchingWindowSeconds: 0, reportsItemFailures: false }],
  [
    "what is given",
    {
      FunctionName: { Ref: "Sweep" },
      BatchSize: 5,
      MaximumBatchingWindowInSeconds: 1,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: 2 },
    },
    { batchSize: 5, batchingWindowSeconds: 1, reportsItemFailures: true, maximumConcurrency: 2 },
  ],
])("describes a mapping by %s", (_, properties, expected) => {
  const { queueSources } = describeWith({ Queue, Mapping: mapping(properties) });
  const common = { queueArn: arn("standdown-dev-Queue"), functionName: "standdown-dev-sweep" };
  expect(queueSources).toEqual([{ maximumConcurrency: undefined, ...common, ...expected }]);
});

test("describes the schedules of EventBridge's rules and of its Scheduler", () => {
  const { schedules } = describeWith({
    Hourly: {
      Type: "AWS::Events::Rule",
      Properties: { Name: "hourly", ScheduleExpression: "rate(1 hour)", Targets: [{ Arn: sweepArn, Id: "1" }] },
    },
    Daily: {
      Type: "AWS::Scheduler::Schedule",
      Properties: {
        ScheduleExpression: "rate(1 day)",
        FlexibleTimeWindow: { Mode: "OFF" },
        Target: { Arn: sweepArn, RoleArn: "arn:role", Input: '{ "a": 1 }' },
      },
    },
  });
  expect(schedules).toEqual([
    {
      id: "Hourly",
      arn: "arn:aws:events:eu-west-1:000000000000:rule/hourly",
      source: "aws.events",
      schedule: { kind: "rate", everyMs: 3_600_000 },
      targets: [{ functionName: "standdown-dev-sweep", input: undefined }],
    },
    {
      id: "Daily",
      arn: "arn:aws:scheduler:eu-west-1:000000000000:schedule/default/standdown-dev-Daily",
      source: "aws.scheduler",
      schedule: { kind: "rate", everyMs: 86_400_000 },
      targets: [{ functionName: "standdown-dev-sweep", input: '{"a":1}' }],
    },
  ]);
});

const rule = (properties: object, Type = "AWS::Events::Rule") => ({
  Rule: { Type, Properties: { ScheduleExpression: "rate(1 hour)", Targets: [{ Arn: sweepArn }], ...properties } },
});
const nowhere = "its target is no function of the template.";
test.each<[string, Readonly<Record<string, Resource>>]>([
  [
    "Queue: its dead-letter queue is no queue of the template.",
    { Queue: { ...Queue, Properties: { RedrivePolicy: { deadLetterTargetArn: "arn:x" } } } },
  ],
  ["Mapping: its event source is no queue of the template.", { Mapping: mapping({ EventSourceArn: "arn:x" }) }],
  [`Mapping: ${nowhere}`, { Queue, Mapping: mapping({ FunctionName: "x" }) }],
  ["Mapping: FilterCriteria cannot be applied locally.", { Queue, Mapping: mapping({ FilterCriteria: {} }) }],
  ["Mapping: BatchSize must be a number.", { Queue, Mapping: mapping({ BatchSize: "ten" }) }],
  [
    "Rule: rate(1 hours): rate takes a whole number and minute, hour or day, in the plural unless the number is 1.",
    rule({ ScheduleExpression: "rate(1 hours)" }),
  ],
  [
    'Rule: cron(0 0 L-1 * ? *): the day of month "L-1" is not understood.',
    rule({ ScheduleExpression: "cron(0 0 L-1 * ? *)" }),
  ],
  [`Rule: ${nowhere}`, rule({ Targets: [{ Arn: "arn:x" }] })],
  [
    "Rule: InputTransformer cannot be applied locally; use Input.",
    rule({ Targets: [{ Arn: sweepArn, InputTransformer: {} }] }),
  ],
  ["Rule: Input is no JSON: {", rule({ Targets: [{ Arn: sweepArn, Input: "{" }] })],
  [
    "Rule: the time zone Europe/Vienna cannot be kept locally; use UTC.",
    rule({ ScheduleExpressionTimezone: "Europe/Vienna" }, "AWS::Scheduler::Schedule"),
  ],
])("says that %s", (message, resources) => {
  expect(() => describeWith(resources)).toThrow(new Error(`Resource ${message}`));
});
