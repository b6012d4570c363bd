import { execFileSync } from "node:child_process";
import { globSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { CelEngine, TemplateFile } from "@aws/cloudformation-validate";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { describeBundle } from "../local/template/bundle.ts";
import { isRecord } from "../local/template/intrinsics.ts";
import { localAccount, type Template } from "../local/template/resources.ts";

/** What `serverless package` made: that is what would be deployed. */
const root = path.join(import.meta.dirname, "..");
const packaged = path.join(root, ".serverless");
const file = path.join(packaged, "cloudformation-template-update-stack.json");
const template: Template = JSON.parse(readFileSync(file, "utf8"));
const bundle = describeBundle(template, packaged, localAccount("eu-west-1"));

const folders = globSync("functions/*/handler.ts", { cwd: root })
  .map((handler) => handler.split(path.sep)[1] ?? "")
  .sort();
const ofType = (type: string): Readonly<Record<string, unknown>>[] =>
  Object.values(template.Resources).flatMap(({ Type, Properties = {} }) => (Type === type ? [Properties] : []));
/** Every object anywhere in a part of the template. */
const objectsIn = (value: unknown): Record<string, unknown>[] => [
  ...(isRecord(value) ? [value] : []),
  ...(typeof value === "object" && value !== null ? Object.values(value).flatMap(objectsIn) : []),
];

it("CloudFormation would accept the template", () => {
  const { diagnostics } = new CelEngine({}).validateStandard(new TemplateFile(file), { severityLevel: "WARN" });
  expect(diagnostics.filter(({ severity }) => severity === "ERROR" || severity === "FATAL")).toEqual([]);
});

describe("the functions", () => {
  it("are the folders that have a handler", () => {
    expect(bundle.functions.map(({ shortName }) => shortName).sort()).toEqual(folders);
  });

  it.each(folders)("%s is described beside its code", (folder) => {
    const described = parse(readFileSync(path.join(root, "functions", folder, "function.yml"), "utf8"));
    expect(Object.keys(described)).toEqual([folder]);
    expect(described[folder].handler).toMatch(new RegExp(`^functions/${folder}/handler\\.\\w+$`));
  });

  it("run on Node 24, for a limited time", () => {
    for (const { Runtime, Timeout } of ofType("AWS::Lambda::Function")) {
      expect(Runtime).toBe("nodejs24.x");
      expect(Timeout).toBeLessThanOrEqual(900);
    }
  });

  it.each(folders)("%s loads no heavy built-in before it is called", (folder) => {
    const file = pathToFileURL(path.join(root, "dist/functions", folder, "handler.mjs")).href;
    const program = `await import(${JSON.stringify(file)}); console.log(process.moduleLoadList.join("\\n"))`;
    const loaded = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
      env: {},
    });
    // Each of them takes longer than all of our own code.
    const heavy = ["crypto", "http", "https", "tls", "zlib"].map((name) => `NativeModule ${name}`);
    expect(loaded.split("\n").filter((name) => heavy.includes(name))).toEqual([]);
  });

  it.each(bundle.functions.map(({ shortName, zip }) => [shortName, zip]))(
    "%s is a small zip of its handler alone",
    (name, zip) => {
      expect(statSync(zip).size).toBeLessThanOrEqual(100 * 1024);
      expect(Object.keys(unzipSync(readFileSync(zip)))).toEqual([`dist/functions/${name}/handler.mjs`]);
    },
  );
});

it("the routes are those of the documented APIs and of our own", () => {
  expect(bundle.routes.map(({ key, functionName }) => `${key} → ${functionName}`).sort()).toEqual(
    [
      "$default → standdown-dev-unknown-route",
      "DELETE /ges/v1.0/{project_id}/graphs/{graph_name}/jobs/{job_id} → standdown-dev-cancel-graph-job",
      "DELETE /v1.0/{project_id}/jobs/{job_id} → standdown-dev-cancel-sql-job",
      "DELETE /v3/{project_id}/scheduled-jobs/{job_id} → standdown-dev-cancel-scheduled-task",
      "GET / → standdown-dev-analyticdb-rpc",
      "GET /ges/v1.0/{project_id}/graphs/{graph_name}/jobs/{job_id}/status → standdown-dev-show-graph-job-status",
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

describe("the permissions", () => {
  /** The logical id of the role that a function has. */
  const roleOf = (folder: string): string => {
    const lambda = ofType("AWS::Lambda::Function").find(({ Handler }) => String(Handler).includes(`/${folder}/`));
    const reference = objectsIn(lambda?.Role)[0]?.["Fn::GetAtt"];
    return Array.isArray(reference) ? String(reference[0]) : "none";
  };
  const statements = objectsIn(ofType("AWS::IAM::Role").concat(ofType("AWS::IAM::Policy")))
    .filter(({ Effect, Action }) => Effect === "Allow" && Action !== undefined)
    .map(({ Action, Resource }) => ({ actions: [Action].flat().map(String), resources: [Resource ?? "trust"].flat() }));

  it("name every action", () => {
    expect(statements.length).toBeGreaterThan(3);
    expect(statements.flatMap(({ actions }) => actions).filter((action) => action.includes("*"))).toEqual([]);
  });

  it("name their resources: open is at most the end of a name of ours", () => {
    const open = statements
      .flatMap(({ resources }) => resources.map((resource) => JSON.stringify(resource)))
      .filter((resource) => /[*?]/.test(resource))
      // Log streams, the six characters that Secrets Manager adds to a name, and the indexes of the table.
      .filter((resource) => !/^[^*?]+(?:standdown[\w/-]*(?:\*?(?::\*)+|-\?{6})|\/index\/\*)"\}$/.test(resource));
    expect(open).toEqual([]);
  });

  it("are each function's own: only who registers may make items, and who only describes sees none", () => {
    const roles = ofType("AWS::Lambda::Function").map(({ Role }) => JSON.stringify(Role));
    expect(new Set(roles).size).toBe(folders.length);

    const tableActions = (folder: string) =>
      objectsIn(template.Resources[roleOf(folder)]?.Properties)
        .flatMap(({ Action = [] }) => [Action].flat().map(String))
        .filter((action) => action.startsWith("dynamodb:"));
    // A registration is put, and so is each nonce of a signed request to AnalyticDB.
    expect(folders.filter((folder) => tableActions(folder).includes("dynamodb:PutItem"))).toEqual([
      "analyticdb-rpc",
      "cancel-create-index-job",
      "cancel-upload-document-job",
      "describe-create-index-job",
      "get-upload-document-job",
      "jobs",
    ]);
    expect(tableActions("openapi").concat(tableActions("unknown-route"))).toEqual([]);
  });

  it("never allow to delete: what was cancelled stays on record", () => {
    expect(statements.flatMap(({ actions }) => actions).filter((action) => /delete/i.test(action))).not.toContain(
      "dynamodb:DeleteItem",
    );
  });
});

describe("the table", () => {
  const [table] = Object.values(template.Resources).filter(({ Type }) => Type === "AWS::DynamoDB::Table");

  it("outlives the stack and a mistake", () => {
    expect(table).toMatchObject({
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
    });
  });

  it("forgets what is old, and costs what is used", () => {
    expect(table?.Properties).toMatchObject({
      BillingMode: "PAY_PER_REQUEST",
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
    });
  });
});
