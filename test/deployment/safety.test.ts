import { describe, expect, test } from "vitest";
import { arnsIn, bundle, objectsIn, ofType, template } from "./packaged.ts";

test("nothing of a stage is another's: every name of ours has the stage", () => {
  const texts = (value: unknown): string[] =>
    typeof value === "string" ? [value] : Object.values(typeof value === "object" ? (value ?? {}) : {}).flatMap(texts);
  const names = Object.values(template.Resources)
    .flatMap(({ Properties }) => texts(Properties))
    .flatMap((text) => [...text.matchAll(/(?<![\w./-])standdown[-/][\w/-]*/g)].map(([name]) => name));
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => !/^standdown[-/]dev(?:[-/]|$)/.test(name))).toEqual([]);
});

describe("the API", () => {
  const [stage = {}] = ofType("AWS::ApiGatewayV2::Stage");

  test("is throttled on every route, and measured", () => {
    expect(stage.DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: 200,
      ThrottlingBurstLimit: 400,
      DetailedMetricsEnabled: true,
    });
    expect(stage).not.toHaveProperty("RouteSettings");
  });

  test("logs who came and how it went, and nothing that is sent", () => {
    const [{ Format }] = objectsIn(stage.AccessLogSettings) as [{ Format: string }];
    expect(Object.keys(JSON.parse(Format))).toContain("functionRequestId");
    expect(Format).not.toMatch(/header|queryString|path\b|authorizer|body/i);
  });
});

test("every queue refuses who comes without TLS", () => {
  const refusing = ofType("AWS::SQS::QueuePolicy").filter(({ PolicyDocument }) =>
    objectsIn(PolicyDocument).some(
      ({ Effect, Principal, Condition }) =>
        Effect === "Deny" &&
        Principal === "*" &&
        JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
    ),
  );
  expect(refusing).toHaveLength(bundle.queues.length);
});

describe("a function's role", () => {
  const statements = (name: string) =>
    objectsIn(template.Resources[`${name}Role`]?.Properties).filter(({ Action }) => Action !== undefined);

  test("publishes outcomes and no requests", () => {
    const publishing = Object.keys(template.Resources)
      .filter((id) => id.endsWith("Role"))
      .flatMap((id) => statements(id.slice(0, -4)))
      .filter(({ Action }) => JSON.stringify(Action).includes("events:PutEvents"));
    expect(publishing).toHaveLength(3);
    for (const { Condition } of publishing)
      expect(Condition).toEqual({
        StringLike: { "events:detail-type": "dev.standdown.cancellation.*" },
        StringEquals: { "events:source": "dev.standdown" },
      });
  });

  test.each(["ShowGraphJobStatus", "ShowSqlJobStatus", "ShowSqlJobDetail", "ListScheduledTasks"])(
    "of %s writes nothing but counts of wrong signatures",
    (name) => {
      const writes = statements(name).filter(({ Action }) => /UpdateItem|PutItem/.test(JSON.stringify(Action)));
      expect(writes).toMatchObject([
        {
          Action: ["dynamodb:UpdateItem"],
          Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["lock#*"] } },
        },
      ]);
    },
  );

  test("of AnalyticDB's functions over HTTP puts nothing but nonces", () => {
    const puts = statements("AnalyticdbRpc").filter(({ Action }) => JSON.stringify(Action).includes("PutItem"));
    expect(puts).toMatchObject([{ Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["nonce#*"] } } }]);
  });

  test("queries the indexes that are named, and nothing else of them", () => {
    const ofIndexes = Object.keys(template.Resources)
      .filter((id) => id.endsWith("Role"))
      .flatMap((id) => statements(id.slice(0, -4)))
      .filter(({ Resource }) => JSON.stringify(Resource ?? "").includes("/index/"));
    expect(ofIndexes.length).toBeGreaterThan(0);
    for (const { Action } of ofIndexes) expect(Action).toEqual(["dynamodb:Query"]);
  });
});

test("what scheduled functions missed is not made up for later", () => {
  expect(ofType("AWS::Lambda::EventInvokeConfig").map((each) => each.MaximumEventAgeInSeconds)).toEqual([60, 60]);
});

test("every rule of the bus has a place for what it cannot deliver", () => {
  const rules = ofType("AWS::Events::Rule").filter(({ EventPattern }) => EventPattern !== undefined);
  const targets = rules.flatMap(({ Targets }) => objectsIn(Targets).filter(({ Id }) => Id !== undefined));
  expect(targets.length).toBe(rules.length);
  for (const { DeadLetterConfig } of targets) expect(arnsIn(DeadLetterConfig)).toHaveLength(1);
});

test("what is logged outlives the stack, and so does the table", () => {
  const kept = Object.values(template.Resources).filter(({ Type }) =>
    ["AWS::Logs::LogGroup", "AWS::DynamoDB::Table"].includes(Type),
  ) as { DeletionPolicy?: string }[];
  expect(kept.length).toBe(bundle.functions.length + 2);
  for (const { DeletionPolicy } of kept) expect(DeletionPolicy).toBe("Retain");
});
