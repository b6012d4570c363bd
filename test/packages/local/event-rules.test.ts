import { expect, test } from "vitest";
import { describeBundle } from "../../../packages/local/template/bundle.ts";
import { localAccount, type Resource } from "../../../packages/local/template/resources.ts";

const account = localAccount("eu-west-1", "http://127.0.0.1:4566");
const Bus = { Type: "AWS::Events::EventBus", Properties: { Name: { Ref: "AWS::StackName" } } };
const Queue = { Type: "AWS::SQS::Queue", Properties: { QueueName: "standdown-dev-cancel-sql-job" } };
const describeWith = (resources: Readonly<Record<string, Resource>>) =>
  describeBundle({ Resources: { Bus, Queue, ...resources } }, "/package", account);

const queueArn = { "Fn::GetAtt": ["Queue", "Arn"] };
const rule = (properties: object = {}): Resource => ({
  Type: "AWS::Events::Rule",
  Properties: {
    EventBusName: { Ref: "Bus" },
    EventPattern: { source: ["a"] },
    Targets: [{ Arn: queueArn, Id: "1" }],
    ...properties,
  },
});
const target = (properties: object) => rule({ Targets: [{ Arn: queueArn, Id: "1", ...properties }] });

test("describes the bus, and what points at it", () => {
  const Sweep = {
    Type: "AWS::Lambda::Function",
    Properties: {
      Handler: "a.http",
      Code: { S3Key: "x/sweep.zip" },
      Environment: {
        Variables: { NAME: { Ref: "Bus" }, ARN: { "Fn::GetAtt": ["Bus", "Arn"] }, TOO: { "Fn::GetAtt": "Bus.Name" } },
      },
    },
  };
  const { buses, functions } = describeWith({ Sweep });
  const arn = "arn:aws:events:eu-west-1:000000000000:event-bus/standdown-dev";
  expect(buses).toEqual([{ name: "standdown-dev", arn }]);
  expect(functions[0]?.environment).toEqual({ NAME: "standdown-dev", ARN: arn, TOO: "standdown-dev" });
});

test("a template without a bus has none, and may have resources that nothing here knows", () => {
  const others = { Alarm: { Type: "AWS::CloudWatch::Alarm" }, Policy: { Type: "AWS::SQS::QueuePolicy" } };
  expect(describeBundle({ Resources: { Queue, ...others } }, "/package", account)).toMatchObject({
    buses: [],
    eventRules: [],
  });
});

const whole = {
  id: "Rule",
  busName: "standdown-dev",
  pattern: { source: ["a"] },
  targets: [
    {
      queueName: "standdown-dev-cancel-sql-job",
      queueUrl: "http://127.0.0.1:4566/000000000000/standdown-dev-cancel-sql-job",
      message: { path: [] },
    },
  ],
};
const message = (given: object) => ({ targets: [{ ...whole.targets[0], message: given }] });
test.each<[string, Resource, object]>([
  ["of a bus by its name", rule(), {}],
  ["of a bus by its ARN", rule({ EventBusName: { "Fn::GetAtt": ["Bus", "Arn"] } }), {}],
  ["that is enabled, with what has no meaning here", { ...target({ RoleArn: "x", RetryPolicy: {} }) }, {}],
  [
    "whose pattern is a string",
    rule({ EventPattern: '{"detail":{"a":[null]}}' }),
    { pattern: { detail: { a: [null] } } },
  ],
  [
    "whose pattern names resources",
    rule({ EventPattern: { resources: [{ prefix: queueArn }] } }),
    { pattern: { resources: [{ prefix: "arn:aws:sqs:eu-west-1:000000000000:standdown-dev-cancel-sql-job" }] } },
  ],
  [
    "whose pattern has every kind of condition",
    rule({ EventPattern: { a: [1, true, { exists: false }, { "anything-but": "b" }] } }),
    { pattern: { a: [1, true, { exists: false }, { "anything-but": ["b"] }] } },
  ],
  ["with an input", target({ Input: '{ "a": 1 }' }), message({ constant: '{"a":1}' })],
  ["with the path to everything", target({ InputPath: "$" }), message({ path: [] })],
  ["with a path", target({ InputPath: "$.detail.job-id" }), message({ path: ["detail", "job-id"] })],
  ["without targets", rule({ Targets: [] }), { targets: [] }],
])("describes a rule %s", (_, Rule, expected) => {
  expect(describeWith({ Rule }).eventRules).toEqual([{ ...whole, ...expected }]);
});

test("leaves out rules that are disabled or have no pattern", () => {
  const Off = rule({ State: "DISABLED", EventBusName: "x", EventPattern: {}, Targets: [{ Arn: "x" }] });
  const Empty = { Type: "AWS::Events::Rule", Properties: { Targets: [] } };
  expect(describeWith({ Off, Empty }).eventRules).toEqual([]);
});

const nameless: Resource = { Type: "AWS::Events::Rule", Properties: { EventPattern: { source: ["a"] }, Targets: [] } };
const paths = "only $ and names of fields, as in $.detail, are.";
test.each<[string, Resource]>([
  ["its bus is no bus of the template.", nameless],
  ["its bus is no bus of the template.", rule({ EventBusName: "default" })],
  ["its target is no queue of the template.", rule({ Targets: [{ Arn: "arn:aws:sqs:eu-west-1:1:other" }] })],
  ["its target is no queue of the template.", rule({ Targets: ["x"] })],
  ["EventPattern must not be empty.", rule({ EventPattern: {} })],
  ["EventPattern must be an object.", rule({ EventPattern: "[]" })],
  ["EventPattern is no JSON: {", rule({ EventPattern: "{" })],
  ['EventPattern.a: {"suffix":"b"} cannot be matched locally.', rule({ EventPattern: { a: [{ suffix: "b" }] } })],
  [
    "InputTransformer cannot be applied locally; use Input or InputPath.",
    target({ InputTransformer: { InputTemplate: "<a>" } }),
  ],
  [
    "SqsParameters cannot be applied locally; use Input or InputPath.",
    target({ SqsParameters: { MessageGroupId: "a" } }),
  ],
  ["Input is no JSON: {", target({ Input: "{" })],
  ["Input and InputPath exclude each other.", target({ Input: "{}", InputPath: "$" })],
  [`InputPath $.detail[0] cannot be applied locally; ${paths}`, target({ InputPath: "$.detail[0]" })],
  [`InputPath detail cannot be applied locally; ${paths}`, target({ InputPath: "detail" })],
])("says that %s", (problem, Rule) => {
  expect(() => describeWith({ Rule })).toThrow(new Error(`Resource Rule: ${problem}`));
});
