import { describe, expect, test } from "vitest";
import { cancelOperations } from "../../functions/registry.ts";
import { arnsIn, bundle, objectsIn, ofType, template } from "./packaged.ts";

describe("the permissions", () => {
  const statementsIn = (value: unknown) =>
    objectsIn(value)
      .filter(({ Effect, Action }) => Effect === "Allow" && Action !== undefined)
      .map(({ Action, Resource }) => ({
        actions: [Action].flat().map(String),
        resources: [Resource ?? "trust"].flat(),
      }));
  const statements = statementsIn(ofType("AWS::IAM::Role").concat(ofType("AWS::IAM::Policy")));

  /** The functions that may do something, each with where, by the logical id or the end of the ARN. */
  const whoMay = (action: string): string[] =>
    ofType("AWS::Lambda::Function").flatMap(({ FunctionName, Role }) => {
      const allowed = arnsIn(Role).flatMap((role) => statementsIn(template.Resources[role]?.Properties));
      const places = allowed.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);
      return places.map((place) => `${String(FunctionName).replace("standdown-dev-", "")} → ${endOf(place)}`);
    });
  const endOf = (place: unknown): string =>
    arnsIn(place)[0] ?? String(objectsIn(place)[0]?.["Fn::Sub"]).replace(/^.*}:/, "");

  test("name every action", () => {
    expect(statements.length).toBeGreaterThan(3);
    expect(statements.flatMap(({ actions }) => actions).filter((action) => action.includes("*"))).toEqual([]);
  });

  test("name their resources: open is at most the end of a name of ours", () => {
    const open = statements
      .flatMap(({ resources }) => resources.map((resource) => JSON.stringify(resource)))
      .filter((resource) => /[*?]/.test(resource))
      // Log streams, the six characters that Secrets Manager adds to a name, and passwords.
      .filter(
        (resource) =>
          !/^[^*?]+(?:standdown[\w/-]*(?:\*?(?::\*)+|-\?{6})|:standdown\/dev\/secrets\/\*)"\}$/.test(resource),
      );
    expect(open).toEqual([]);
  });

  test("are each function's own", () => {
    const roles = ofType("AWS::Lambda::Function").map(({ Role }) => JSON.stringify(Role));
    expect(new Set(roles).size).toBe(bundle.functions.length);
  });

  const cancels = cancelOperations.map(({ name }) => name);
  /** The others are behind analyticdb-rpc. */
  const withOwnRoute = cancelOperations.filter(({ route }) => "path" in route).map(({ name }) => name);
  const forQueue = (name: string) => `${name}-queue`;
  const inPascalCase = (name: string) => name.replace(/(?:^|-)(\w)/g, (_, start: string) => start.toUpperCase());

  test("let only those make items that register, remember a nonce or leave a tombstone", () => {
    expect(whoMay("dynamodb:PutItem").filter((each) => each.endsWith("→ JobsTable"))).toEqual(
      ["analyticdb-rpc", "jobs", ...cancels.map(forQueue)].sort().map((name) => `${name} → JobsTable`),
    );
  });

  test("let who only describes see no item", () => {
    const acting = statements.flatMap(({ actions }) => actions).filter((action) => action.startsWith("dynamodb:"));
    const who = [...new Set(acting)].flatMap(whoMay);
    expect(who.filter((each) => /^(?:openapi|unknown-route) /.test(each))).toEqual([]);
  });

  test("let a function take messages only from its own queue", () => {
    const own = [...cancels, "reconcile-cancellations", "keep-unmatched-requests"].map(
      (name) => `${name}-queue → ${inPascalCase(name)}Queue`,
    );
    for (const action of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"]) {
      expect(whoMay(`sqs:${action}`).sort()).toEqual(own.sort());
    }
  });

  test("let whoever claims schedule a check, and only who takes requests dead-letter them, in its own dead letters", () => {
    const asking = [
      "analyticdb-rpc",
      "cleanup-stale-jobs",
      "reconcile-cancellations",
      "reconcile-cancellations-queue",
      "jobs",
    ];
    expect(whoMay("sqs:SendMessage").sort()).toEqual(
      [
        ...[...asking, ...withOwnRoute, ...cancels.map(forQueue)].map(
          (name) => `${name} → ReconcileCancellationsQueue`,
        ),
        ...cancels.map((name) => `${name}-queue → ${inPascalCase(name)}DeadLetters`),
        "keep-unmatched-requests-queue → UnmatchedRequests",
      ].sort(),
    );
  });

  test("let only AnalyticDB's queues and who ends work in databases read secrets, and only who reconciles or cleans stale jobs publish", () => {
    const secrets = whoMay("secretsmanager:GetSecretValue");
    expect(secrets.filter((each) => each.includes("secrets"))).toEqual([
      "cancel-create-index-job-queue → secret:standdown/dev/secrets/*",
      "cancel-upload-document-job-queue → secret:standdown/dev/secrets/*",
      "cleanup-stale-jobs → secret:standdown/dev/secrets/*",
      "reconcile-cancellations → secret:standdown/dev/secrets/*",
      "reconcile-cancellations-queue → secret:standdown/dev/secrets/*",
    ]);
    expect(whoMay("events:PutEvents")).toEqual([
      "cleanup-stale-jobs → EventBus",
      "reconcile-cancellations → EventBus",
      "reconcile-cancellations-queue → EventBus",
    ]);
  });

  test("never allow to delete: what was cancelled stays on record", () => {
    expect(statements.flatMap(({ actions }) => actions).filter((action) => /delete/i.test(action))).not.toContain(
      "dynamodb:DeleteItem",
    );
  });
});
