import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { CelEngine, TemplateFile } from "@aws/cloudformation-validate";
import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { cancelOperations, readOperations } from "../../functions/registry.ts";
import type { Operation } from "../../shared/operations/define.ts";
import type { Metric } from "../../shared/ports/metrics.ts";
import { bundle, folders, ofType, root, template, templateFile } from "./packaged.ts";

/** What the function.yml of a folder says of its functions. */
const describedIn = (folder: string): Readonly<Record<string, { readonly handler: string }>> =>
  parse(readFileSync(path.join(root, "functions", folder, "function.yml"), "utf8"));

const operations = [...cancelOperations, ...readOperations];

/** One for its own route, one for its queue; what comes in through analyticdb-rpc has no route of its own. */
const functionsOf = ({ name, route, kind }: Operation): string[] => [
  ...("path" in route ? [name] : []),
  ...(kind === "cancel" ? [`${name}-queue`] : []),
];

test("CloudFormation would accept the template", () => {
  const { diagnostics } = new CelEngine({}).validateStandard(new TemplateFile(templateFile), { severityLevel: "WARN" });
  expect(diagnostics.filter(({ severity }) => severity === "ERROR" || severity === "FATAL")).toEqual([]);
});

describe("the functions", () => {
  test("are those of the folders that have a handler", () => {
    const described = folders.flatMap((folder) => Object.keys(describedIn(folder)));
    expect(bundle.functions.map(({ shortName }) => shortName).sort()).toEqual(described.sort());
    expect(described).toEqual(expect.arrayContaining(operations.flatMap(functionsOf)));
  });

  test("each have something that starts them", () => {
    const started = [...bundle.routes, ...bundle.queueSources, ...bundle.schedules.flatMap(({ targets }) => targets)];
    const names = new Set(started.map(({ functionName }) => functionName));
    expect(bundle.functions.filter(({ name }) => !names.has(name))).toEqual([]);
  });

  test.each(folders)("%s is described beside its code, and so is the function for its queue", (folder) => {
    const described = Object.entries(describedIn(folder));
    const names = described.map(([name]) => name);
    const own = folder === "analyticdb/router" ? "analyticdb-rpc" : (folder.split("/").at(-1) ?? "");
    const operation = operations.find(({ name }) => name === own);
    if (operation) expect(names).toEqual(functionsOf(operation));
    else expect([[own], [own, `${own}-queue`], [`${own}-queue`]]).toContainEqual(names);
    for (const [name, { handler }] of described) {
      expect(handler).toMatch(new RegExp(`^functions/${folder}/handler\\.${name === own ? "\\w+" : "queue"}$`));
    }
  });

  test("run on Node 24, for a limited time", () => {
    for (const { Runtime, Timeout } of ofType("AWS::Lambda::Function")) {
      expect(Runtime).toBe("nodejs24.x");
      expect(Timeout).toBeLessThanOrEqual(900);
    }
  });

  test.each(folders)(
    "%s has the entries that are described, and loads no heavy built-in before one is called",
    (folder) => {
      const file = pathToFileURL(path.join(root, "dist/functions", folder, "handler.mjs")).href;
      const program = `const entries = Object.keys(await import(${JSON.stringify(file)}));
      console.log(JSON.stringify({ entries, loaded: process.moduleLoadList }))`;
      const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
        encoding: "utf8",
        env: {},
      });
      const { entries, loaded } = JSON.parse(output);
      expect(entries).toEqual(
        Object.values(describedIn(folder))
          .map(({ handler }) => path.extname(handler).slice(1))
          .sort(),
      );
      // Each of them takes longer than all of our own code.
      const heavy = ["crypto", "http", "https", "tls", "zlib"].map((name) => `NativeModule ${name}`);
      expect(loaded.filter((name: string) => heavy.includes(name))).toEqual([]);
    },
  );

  test.each(bundle.functions.map(({ shortName, zip, handler }) => [shortName, zip, handler]))(
    "%s is a small zip of its handler alone",
    (_, zip, handler) => {
      expect(statSync(zip).size).toBeLessThanOrEqual(100 * 1024);
      expect(Object.keys(unzipSync(readFileSync(zip)))).toEqual([handler.replace(/\.\w+$/, ".mjs")]);
    },
  );
});

test("the routes are those of the documented APIs and of our own", () => {
  expect(bundle.routes.map(({ key, functionName }) => `${key} → ${functionName}`).sort()).toEqual(
    [
      "$default → standdown-dev-unknown-route",
      "DELETE /ges/v1.0/{project_id}/graphs/{graph_name}/jobs/{job_id} → standdown-dev-cancel-graph-job",
      "DELETE /v1.0/{project_id}/jobs/{job_id} → standdown-dev-cancel-sql-job",
      "DELETE /v3/{project_id}/scheduled-jobs/{job_id} → standdown-dev-cancel-scheduled-task",
      "GET / → standdown-dev-analyticdb-rpc",
      "GET /ges/v1.0/{project_id}/graphs/{graph_name}/jobs/{job_id}/status → standdown-dev-show-graph-job-status",
      "GET /v1.0/{project_id}/jobs/{job_id}/detail → standdown-dev-show-sql-job-detail",
      "GET /v1.0/{project_id}/jobs/{job_id}/status → standdown-dev-show-sql-job-status",
      "GET /v3/{project_id}/scheduled-jobs → standdown-dev-list-scheduled-tasks",
      "POST / → standdown-dev-analyticdb-rpc",
      "GET /openapi.json → standdown-dev-openapi",
      "GET /jobs → standdown-dev-jobs",
      "GET /jobs/{uid} → standdown-dev-jobs",
      "GET /jobs/{uid}/receipt → standdown-dev-jobs",
      "POST /jobs → standdown-dev-jobs",
      "POST /jobs/{uid}/cancel → standdown-dev-jobs",
      "POST /jobs/{uid}/finish → standdown-dev-jobs",
      "POST /jobs/{uid}/heartbeat → standdown-dev-jobs",
    ].sort(),
  );
});

describe("the schedules", () => {
  test("look every minute, and repeat no run", () => {
    const scheduled = bundle.schedules.flatMap(({ schedule, targets }) =>
      targets.map(({ functionName }) => [functionName, schedule]),
    );
    const everyMinute = { kind: "rate", everyMs: 60_000 };
    expect(scheduled.sort()).toEqual([
      ["standdown-dev-cleanup-stale-jobs", everyMinute],
      ["standdown-dev-reconcile-cancellations", everyMinute],
    ]);
    const retries = ofType("AWS::Lambda::EventInvokeConfig").map(({ MaximumRetryAttempts }) => MaximumRetryAttempts);
    expect(retries).toEqual([0, 0]);
  });
});

describe("the alarms", () => {
  const alarms = ofType("AWS::CloudWatch::Alarm");

  test("are raised by what a person has to look at", () => {
    const counted: Metric["name"][] = [
      ...(["NotStopped", "Contradicted", "CleanupTripped", "ConfigurationUnreadable"] as const),
      ...(["OldestDue", "Throttled", "Locked", "Unreadable"] as const),
    ];
    const deadLetters = bundle.queues.filter(({ deadLetterArn }) => deadLetterArn === undefined);
    expect(alarms.map(({ Namespace, MetricName, Dimensions }) => ({ Namespace, MetricName, Dimensions }))).toEqual([
      ...counted.map((MetricName) => ({ Namespace: "standdown-dev", MetricName, Dimensions: undefined })),
      ...deadLetters.map(({ name }) => ({
        Namespace: "AWS/SQS",
        MetricName: "ApproximateNumberOfMessagesVisible",
        Dimensions: [{ Name: "QueueName", Value: name }],
      })),
    ]);
  });

  test("are quiet while nothing is counted, and tell nobody that was not asked for", () => {
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({ TreatMissingData: "notBreaching", AlarmActions: [{ Ref: "AWS::NoValue" }] });
    }
  });
});

describe("the table", () => {
  const [table] = Object.values(template.Resources).filter(({ Type }) => Type === "AWS::DynamoDB::Table");

  test("outlives the stack and a mistake", () => {
    expect(table).toMatchObject({
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
    });
  });

  test("forgets what is old, and costs what is used", () => {
    expect(table?.Properties).toMatchObject({
      BillingMode: "PAY_PER_REQUEST",
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
    });
  });
});
