import { expect, test } from "vitest";
import { describeBundle } from "../../../packages/local/template/bundle.ts";
import { createResolver } from "../../../packages/local/template/intrinsics.ts";
import { localAccount } from "../../../packages/local/template/resources.ts";

const account = localAccount("eu-west-1");
const template = {
  Parameters: { Stage: { Default: "dev" }, Password: {} },
  Resources: {
    Table: { Type: "AWS::DynamoDB::Table" },
    Named: { Type: "AWS::DynamoDB::Table", Properties: { TableName: { "Fn::Sub": `jobs-\${AWS::Region}` } } },
    Secret: { Type: "AWS::SecretsManager::Secret", Properties: { Name: "standdown" } },
    Bucket: { Type: "AWS::S3::Bucket" },
  },
};
const resolve = createResolver(template, account);

test.each([
  ["a plain value", 7, 7],
  ["Ref of an unnamed table", { Ref: "Table" }, "standdown-dev-Table"],
  ["Ref of a table whose name is an intrinsic", { Ref: "Named" }, "jobs-eu-west-1"],
  [
    "Ref of a secret, which is its ARN",
    { Ref: "Secret" },
    "arn:aws:secretsmanager:eu-west-1:000000000000:secret:standdown",
  ],
  ["Ref of a parameter", { Ref: "Stage" }, "dev"],
  ["a pseudo parameter", { Ref: "AWS::AccountId" }, "000000000000"],
  ["NoValue, which leaves the property out", { a: { Ref: "AWS::NoValue" }, b: 1 }, { b: 1 }],
  [
    "GetAtt as a list",
    { "Fn::GetAtt": ["Table", "Arn"] },
    "arn:aws:dynamodb:eu-west-1:000000000000:table/standdown-dev-Table",
  ],
  ["GetAtt as a string", { "Fn::GetAtt": "Named.Arn" }, "arn:aws:dynamodb:eu-west-1:000000000000:table/jobs-eu-west-1"],
  ["Join around a Ref", { "Fn::Join": ["/", ["a", { Ref: "Table" }, 1]] }, "a/standdown-dev-Table/1"],
  [
    "Sub of pseudo parameters, as a default secret has them",
    { "Fn::Sub": `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:standdown` },
    "arn:aws:secretsmanager:eu-west-1:000000000000:secret:standdown",
  ],
  [
    "Sub of a resource and an attribute",
    { "Fn::Sub": `\${Table} \${Named.Arn}` },
    "standdown-dev-Table arn:aws:dynamodb:eu-west-1:000000000000:table/jobs-eu-west-1",
  ],
  ["Sub with values of its own", { "Fn::Sub": [`\${a}-\${Stage}`, { a: { Ref: "Stage" } }] }, "dev-dev"],
  ["Sub of a literal", { "Fn::Sub": `\${!Table}` }, `\${Table}`],
  ["intrinsics inside lists and objects", [{ name: { Ref: "Stage" } }], [{ name: "dev" }]],
])("resolves %s", (_, value, expected) => {
  expect(resolve(value, "Owner")).toEqual(expected);
});

test.each([
  [{ Ref: "Nothing" }, "Resource Owner: Ref Nothing names no resource or parameter of the template."],
  [{ Ref: "Password" }, "Resource Owner: parameter Password has no default."],
  [{ Ref: "Bucket" }, "Resource Owner: Ref Bucket (AWS::S3::Bucket) cannot be resolved locally."],
  [
    { "Fn::GetAtt": ["Table", "StreamArn"] },
    "Resource Owner: Fn::GetAtt Table.StreamArn (AWS::DynamoDB::Table) cannot be resolved locally.",
  ],
  [{ "Fn::ImportValue": "x" }, 'Resource Owner: Fn::ImportValue cannot be resolved locally: "x"'],
  [{ "Fn::Join": ["", [{ a: 1 }]] }, 'Resource Owner: Fn::Join needs a string, not {"a":1}.'],
  [
    { "Fn::Sub": `\${Nothing.Arn}` },
    "Resource Owner: Fn::GetAtt Nothing.Arn names no resource or parameter of the template.",
  ],
])("says what cannot be resolved in %j", (value, message) => {
  expect(() => resolve(value, "Owner")).toThrow(new Error(message));
});

const lambda = (variables: object) => ({
  Type: "AWS::Lambda::Function",
  Properties: {
    FunctionName: "standdown-dev-sweep",
    Handler: "dist/functions/sweep/handler.http",
    Code: { S3Key: "serverless/standdown/dev/1-now/sweep.zip" },
    Environment: { Variables: variables },
  },
});

test("describes a function by its short name, its zip and AWS's defaults", () => {
  const bundle = describeBundle({ Resources: { Sweep: lambda({ LIMIT: 5 }) } }, "/package", account);
  expect(bundle.functions).toEqual([
    {
      name: "standdown-dev-sweep",
      shortName: "sweep",
      arn: "arn:aws:lambda:eu-west-1:000000000000:function:standdown-dev-sweep",
      zip: "/package/sweep.zip",
      handler: "dist/functions/sweep/handler.http",
      timeoutSeconds: 3,
      memoryMb: 128,
      environment: { LIMIT: "5" },
    },
  ]);
});

test("refuses a variable that is no string", () => {
  const Resources = { Sweep: lambda({ LIMITS: { a: 1 } }) };
  expect(() => describeBundle({ Resources }, "/package", account)).toThrow(
    new Error("Resource Sweep: variable LIMITS must be a string."),
  );
});

test("refuses a route that leads nowhere", () => {
  const Route = { Type: "AWS::ApiGatewayV2::Route", Properties: { RouteKey: "GET /", Target: "integrations/gone" } };
  expect(() => describeBundle({ Resources: { Route } }, "/package", account)).toThrow(
    new Error("Resource Route: its target is no function of the template."),
  );
});
