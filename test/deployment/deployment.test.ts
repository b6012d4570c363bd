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
import { bundle, folders, objectsIn, ofType, root, template, templateFile } from "./packaged.ts";

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
      "DELETE /generic/v1/namespaces/{namespace}/jobs/{job_id} → standdown-dev-cancel-job",
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
      "GET /receipts → standdown-dev-jobs",
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

/** What an alarm is about: metrics, each with the one thing that it is of. */
const aboutOf = (alarm: Readonly<Record<string, unknown>>): string => {
  const metrics = objectsIn(alarm).filter(({ MetricName }) => MetricName !== undefined);
  return metrics
    .map(({ Namespace, MetricName, Dimensions = [] }) => {
      const [of] = objectsIn(Dimensions).map(({ Value }) => Value);
      const name = typeof of === "object" ? Object.values(of ?? {})[0] : of;
      return [Namespace, MetricName, ...(name === undefined ? [] : [name])].join(" ");
    })
    .join(" + ");
};

describe("the alarms", () => {
  const alarms = ofType("AWS::CloudWatch::Alarm");

  test("are raised by what a person has to look at", () => {
    const counted: Metric["name"][] = [
      ...(["NotStopped", "Contradicted", "CleanupTripped", "ConfigurationUnreadable"] as const),
      ...(["OldestDue", "Throttled", "Locked", "Unreadable"] as const),
    ];
    const deadLetters = bundle.queues.filter(({ deadLetterArn }) => deadLetterArn === undefined);
    const sources = bundle.queues.filter(({ deadLetterArn }) => deadLetterArn !== undefined);
    const names = bundle.functions.map(({ name }) => name);
    const expected = [
      ...counted.map((name) => `standdown-dev ${name}`),
      ...names.map((name) => `AWS/Lambda Errors ${name} + AWS/Lambda Throttles ${name}`),
      ...["cleanup-stale-jobs", "reconcile-cancellations"].map(
        (name) => `AWS/Lambda Invocations standdown-dev-${name}`,
      ),
      ...sources.map(({ name }) => `AWS/SQS ApproximateAgeOfOldestMessage ${name}`),
      ...deadLetters.map(({ name }) => `AWS/SQS ApproximateNumberOfMessagesVisible ${name}`),
      "AWS/ApiGateway 5xx HttpApi",
      "standdown-dev TooManyRequests",
      "AWS/DynamoDB ReadThrottleEvents JobsTable + AWS/DynamoDB WriteThrottleEvents JobsTable",
      "AWS/Events FailedInvocations EventBus",
    ];
    expect(alarms.map(aboutOf).sort()).toEqual(expected.sort());
  });

  test("are quiet while nothing is counted, but where a run is missing, and tell nobody that was not asked for", () => {
    for (const alarm of alarms) {
      const isMissing = String(alarm.AlarmName).endsWith("-missing");
      expect(alarm).toMatchObject({
        TreatMissingData: isMissing ? "breaching" : "notBreaching",
        AlarmActions: [{ Ref: "AWS::NoValue" }],
      });
    }
  });

  test("lead to what to do", () => {
    const page = readFileSync(path.join(root, "docs/operations/alarms.md"), "utf8");
    const sections = [...page.matchAll(/^## (.+)$/gm)].map(([, name]) => name);
    const named = alarms.map(({ AlarmDescription }) => /alarms\.md#([\w-]+)$/.exec(String(AlarmDescription))?.[1]);
    expect([...new Set(named)].sort()).toEqual(sections.sort());
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
