import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type JobStore, StoreThrottled, StoreUnavailable } from "../../shared/store/job-store.ts";
import { type InProcessBundle, inProcessBundle, project } from "../support/bundle.ts";
import {
  type Asked,
  type CancelRequest,
  createIndex,
  graph,
  registerJob,
  scheduledTask,
  sqlJob,
  uploadDocument,
} from "../support/cancel-requests.ts";
import { type JobsTable, startJobsTable } from "../support/jobs-table.ts";

let table: JobsTable;
let bundle: InProcessBundle;

beforeAll(async () => {
  table = await startJobsTable();
  bundle = inProcessBundle(table.jobs);
});
afterAll(() => table.stop());

/** A row of the failure table: what is asked for, and the status, code and words that it must give. */
interface Row {
  readonly name: string;
  readonly asked?: Asked;
  readonly state?: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly jobType?: string | undefined;
  /** Another job id than the registered one. */
  readonly jobId?: string;
  readonly expected: readonly [status: number, code: string, message: string | RegExp];
}

/** The rows that all three Huawei-family services have from their gateway. */
const gatewayRows: readonly Row[] = [
  {
    name: "a body that is too large",
    asked: { body: "x".repeat(1024 * 1024 + 1) },
    expected: [413, "APIGW.0201", "Request entity too large."],
  },
  {
    name: "a signature, which is not verified here",
    asked: { token: "", headers: { authorization: "SDK-HMAC-SHA256 Access=testak, SignedHeaders=host, Signature=0" } },
    expected: [401, "APIGW.0301", /unsupported signature/],
  },
];

const sqlRows: readonly Row[] = [
  ...gatewayRows,
  {
    name: "an invalid project id",
    asked: { parameters: { project_id: "no_project" } },
    expected: [400, "DLI.0001", "Parameter check errors occur: project_id must be 1 to 64 letters and digits."],
  },
  {
    name: "an invalid job id",
    jobId: "a%20b",
    expected: [400, "DLI.0001", /job_id must be 1 to 64 letters, digits and hyphens/],
  },
  { name: "a badly escaped job id", jobId: "%ZZ", expected: [400, "DLI.0001", /job_id must be/] },
  { name: "an endless job id", jobId: "a".repeat(10_000), expected: [400, "DLI.0001", /job_id must be/] },
  { name: "an unknown job", jobId: "unknown", expected: [400, "DLI.0002", "The job unknown does not exist."] },
  { name: "a finished job", state: "succeeded", expected: [400, "DLI.0007", /is FINISHED/] },
  { name: "a failed job", state: "failed", expected: [400, "DLI.0007", /is FAILED/] },
  { name: "a cancelled job", state: "cancelled", expected: [400, "DLI.0007", /is CANCELLED/] },
  {
    name: "a job type that cannot be cancelled",
    jobType: "SCALE_QUEUE",
    expected: [400, "DLI.0007", /not supported for jobs of this type/],
  },
  {
    name: "no credentials",
    asked: { token: "" },
    expected: [401, "DLI.0013", /X-Auth-Token is not defined in request/],
  },
  { name: "an unknown token", asked: { token: "wrong" }, expected: [400, "DLI.0015", /Token parsing error/] },
  { name: "an expired token", asked: { token: "old-token" }, expected: [400, "DLI.0015", /Token parsing error/] },
  {
    name: "a principal of other doors",
    asked: { token: "events-token" },
    expected: [400, "DLI.0015", /Token parsing error/],
  },
  { name: "no permission", asked: { token: "nobody-token" }, expected: [403, "APIGW.0302", /not authorized/] },
  { name: "a denied permission", asked: { token: "barred-token" }, expected: [403, "APIGW.0302", /not authorized/] },
  {
    name: "a project that the token does not reach",
    asked: { token: "tenant-token", parameters: { project_id: "another" } },
    expected: [403, "APIGW.0302", /not authorized/],
  },
];

const taskRows: readonly Row[] = [
  ...gatewayRows,
  {
    name: "an invalid project id",
    asked: { parameters: { project_id: "%7Bproject_id%7D" } },
    expected: [400, "DBS.280408", "Invalid project id."],
  },
  { name: "an invalid job id", jobId: "a_b", expected: [400, "DBS.280001", /job_id must be/] },
  { name: "an unknown task", jobId: "unknown", expected: [404, "DBS.280016", "Resource not found."] },
  { name: "a running task", state: "running", expected: [403, "DBS.280042", /is Running/] },
  { name: "a completed task", state: "succeeded", expected: [403, "DBS.280042", /is Completed/] },
  { name: "a failed task", state: "failed", expected: [403, "DBS.280042", /is Failed/] },
  { name: "no credentials", asked: { token: "" }, expected: [401, "APIGW.0301", /x-auth-token not found/] },
  { name: "an unknown token", asked: { token: "wrong" }, expected: [401, "APIGW.0301", /decrypt token fail/] },
  { name: "no permission", asked: { token: "nobody-token" }, expected: [403, "APIGW.0302", /not authorized/] },
];

const graphRows: readonly Row[] = [
  ...gatewayRows,
  { name: "an invalid job id", jobId: "a.b", expected: [400, "GES.8005", /job_id must be/] },
  {
    name: "an unknown job",
    jobId: "unknown",
    expected: [400, "GES.8303", "can not find job to cancel, id is unknown"],
  },
  { name: "a finished job", state: "succeeded", expected: [400, "GES.8303", /status is success/] },
  { name: "a failed job", state: "failed", expected: [400, "GES.8303", /status is failed/] },
  { name: "a cancelled job", state: "cancelled", expected: [400, "GES.8303", /status is failed/] },
  {
    name: "a job type that cannot be cancelled",
    jobType: "import-graph",
    expected: [400, "GES.8303", "Unsupported Operation"],
  },
  { name: "no credentials", asked: { token: "" }, expected: [401, "GES.8007", "Invalid token."] },
  { name: "an unknown token", asked: { token: "wrong" }, expected: [401, "GES.8007", "Invalid token."] },
  {
    name: "no permission",
    asked: { token: "nobody-token" },
    expected: [403, "GES.8020", "The current user does not have permission."],
  },
];

const missing = (parameter: string): Row => ({
  name: `no ${parameter}`,
  asked: { parameters: { [parameter]: undefined } },
  expected: [
    400,
    "MissingParameter",
    `The input parameter "${parameter}" that is mandatory for processing this request is not supplied.`,
  ],
});

const invalid = (parameter: string, value: string): Row => ({
  name: `${parameter} = ${JSON.stringify(value.slice(0, 20))}`,
  asked: { parameters: { [parameter]: value } },
  expected: [400, "InvalidParameter", new RegExp(`parameter "${parameter}" is not valid: it must be`)],
});

const analyticDbRows: readonly Row[] = [
  ...["RegionId", "DBInstanceId", "Collection", "NamespacePassword", "JobId", "Action", "Version"].map(missing),
  { ...missing("JobId"), name: "an empty JobId", asked: { parameters: { JobId: "" } } },
  invalid("RegionId", "hangzhou city"),
  invalid("DBInstanceId", "GP_1"),
  invalid("JobId", "a b"),
  invalid("JobId", "a".repeat(10_000)),
  invalid("Collection", "c".repeat(64)),
  invalid("Namespace", "a\u0000b"),
  invalid("NamespacePassword", "p".repeat(257)),
  { name: "an unknown job", jobId: "unknown", expected: [404, "Job.NotFound", "The specified job does not exist."] },
  { name: "a finished job", state: "succeeded", expected: [403, "OperationDenied.JobStatus", /is Success/] },
  { name: "a failed job", state: "failed", expected: [403, "OperationDenied.JobStatus", /is Failed/] },
  { name: "a cancelled job", state: "cancelled", expected: [403, "OperationDenied.JobStatus", /is Cancelled/] },
  {
    name: "a wrong namespace password",
    asked: { parameters: { NamespacePassword: "wrong" } },
    expected: [
      500,
      "AccountOrPassword.VerificationError",
      "verification account name or password failed, please check.",
    ],
  },
  {
    name: "no credentials",
    asked: { token: "" },
    expected: [400, "IncompleteSignature", /neither a signature nor a bearer token/],
  },
  {
    name: "an unknown token",
    asked: { token: "wrong" },
    expected: [404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."],
  },
  {
    name: "a signature, which is not verified here",
    asked: { token: "", parameters: { Signature: "x" } },
    expected: [400, "IncompleteSignature", /does not conform/],
  },
  { name: "no permission", asked: { token: "nobody-token" }, expected: [403, "Forbidden.RAM", /not authorized/] },
  {
    name: "an unknown action",
    asked: { parameters: { Action: "CancelEverything" } },
    expected: [404, "InvalidApi.NotFound", "Specified api is not found, please check your url and method."],
  },
  {
    name: "an action that is a property of every object",
    asked: { parameters: { Action: "constructor" } },
    expected: [404, "InvalidApi.NotFound", /not found/],
  },
  {
    name: "another version",
    asked: { parameters: { Version: "2016-05-04" } },
    expected: [400, "InvalidVersion", /Version is not valid/],
  },
  {
    name: "a body that is too large",
    asked: { body: "x".repeat(1024 * 1024 + 1) },
    expected: [413, "RequestEntityTooLarge", /1048576/],
  },
  {
    name: "a body that is no form",
    asked: { body: "{}", headers: { "content-type": "application/json" } },
    expected: [400, "InvalidParameter", /application\/x-www-form-urlencoded/],
  },
  {
    name: "a parameter given twice",
    asked: { body: "JobId=other" },
    expected: [400, "InvalidParameter", /parameter "JobId" is given twice/],
  },
  { name: "a bad escape", asked: { body: "OwnerId=%ZZ" }, expected: [400, "InvalidParameter", /percent-encoded/] },
  {
    name: "bytes that are not UTF-8",
    asked: { body: "OwnerId=%FF%FE" },
    expected: [400, "InvalidParameter", /percent-encoded UTF-8/],
  },
];

const dialects = {
  analyticDb: ({ body }: { body: Record<string, unknown> }) => [body.Code, body.Message],
  ges: ({ body }: { body: Record<string, unknown> }) => [body.errorCode, body.errorMessage],
  underscored: ({ body }: { body: Record<string, unknown> }) => [body.error_code, body.error_msg],
};

const suites: readonly (readonly [CancelRequest, readonly Row[], keyof typeof dialects])[] = [
  [sqlJob, sqlRows, "underscored"],
  [scheduledTask, [...taskRows], "underscored"],
  [graph, graphRows, "ges"],
  [createIndex, [...analyticDbRows, missing("Namespace")], "analyticDb"],
  [uploadDocument, analyticDbRows, "analyticDb"],
];

describe.each(suites.map(([request, rows, dialect]) => ({ ...request, request, rows, dialect })))(
  "$operation",
  ({ request, rows, dialect }) => {
    test.each(rows)("refuses $name", async ({ asked, state, jobType, jobId, expected }) => {
      const standing = state ?? (request.service === "dds" ? "queued" : "running");
      const job = await registerJob(bundle, { ...request, ...(jobType && { jobType }) }, standing);
      const reply = await request.send(bundle, jobId ?? job.jobId, asked);
      const [status, code, message] = expected;
      expect(reply.status).toBe(status);
      const [actualCode, actualMessage] = dialects[dialect](reply);
      expect(actualCode).toBe(code);
      expect(actualMessage).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
      expectShape(dialect, reply);
    });

    test.each([
      { fault: new StoreThrottled("throttled"), kind: "throttled" },
      { fault: new StoreUnavailable("down"), kind: "unavailable" },
      { fault: new Error("a bug with a password=secret in it"), kind: "internal" },
    ])("tells a store that is $kind", async ({ fault, kind }) => {
      const broken = inProcessBundle({ change: () => Promise.reject(fault) } as unknown as JobStore);
      const reply = await request.send(broken, "any");
      expect([reply.status, dialects[dialect](reply)[0]]).toEqual(
        storeFaults[dialect === "ges" ? "ges" : request.service]?.[kind],
      );
      expectShape(dialect, reply);
      expect(reply.text).not.toContain("secret");
      if (kind !== "throttled") return;
      if (dialect === "analyticDb") expect(reply.headers["x-acs-retry-after"]).toBe("1000");
      else expect(reply.headers["Retry-After"]).toBe("1");
    });
  },
);

const analyticDbStoreFaults = {
  throttled: [400, "Throttling.User"],
  unavailable: [503, "ServiceUnavailable"],
  internal: [500, "InternalError"],
};

const storeFaults: Record<string, Record<string, readonly [number, string] | (string | number)[]>> = {
  "analyticdb-index": analyticDbStoreFaults,
  "analyticdb-document": analyticDbStoreFaults,
  ges: { throttled: [429, "APIGW.0308"], unavailable: [503, "GES.8602"], internal: [500, "GES.8304"] },
  dds: { throttled: [429, "APIGW.0308"], unavailable: [503, "APIGW.0613"], internal: [500, "DBS.280005"] },
  dli: { throttled: [429, "APIGW.0308"], unavailable: [503, "APIGW.0613"], internal: [500, "DLI.0999"] },
};

/** What every error of a dialect has: exactly its fields, JSON, and the request id where the SDKs look for it. */
const expectShape = (
  dialect: keyof typeof dialects,
  { body, headers }: { body: object; headers: Record<string, unknown> },
) => {
  expect(headers["Content-Type"]).toBe("application/json");
  if (dialect === "analyticDb") {
    const { AccessDeniedDetail, ...fault } = body as Record<string, unknown>;
    expect(Object.keys(fault)).toEqual(["RequestId", "HostId", "Code", "Message", "Recommend"]);
    expect(fault.RequestId).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
    expect(AccessDeniedDetail !== undefined).toBe(fault.Code === "Forbidden.RAM");
    return;
  }
  expect(Object.keys(body).sort()).toEqual(
    dialect === "ges" ? ["errorCode", "errorMessage"] : ["error_code", "error_msg"],
  );
  expect(headers["X-Request-Id"]).toMatch(/^[0-9A-F-]{36}$/);
};

describe("a request with every fault at once gets the first in the provider's order", () => {
  test("AnalyticDB: syntax, who, action, missing, invalid, permission, existence", async () => {
    const faults: Record<string, string | undefined> = {
      Action: "Nope",
      Version: "1",
      JobId: undefined,
      RegionId: "no region",
    };
    const code = async (token: string, parameters: object, jobId = "unknown") =>
      (await createIndex.send(bundle, jobId, { token, parameters: { ...faults, ...parameters } })).body.Code;
    const syntax = await createIndex.send(bundle, "x", { token: "", parameters: faults, body: "RegionId=again" });
    expect(syntax.body.Code).toBe("InvalidParameter");
    expect(await code("", {})).toBe("IncompleteSignature");
    expect(await code("nobody-token", {})).toBe("InvalidApi.NotFound");
    const action = { Action: "CancelCreateIndexJob" };
    expect(await code("nobody-token", action)).toBe("InvalidVersion");
    const version = { ...action, Version: "2016-05-03" };
    expect(await code("nobody-token", version)).toBe("MissingParameter");
    const complete = { ...version, JobId: "unknown" };
    expect(await code("nobody-token", complete)).toBe("InvalidParameter");
    const valid = { ...complete, RegionId: "cn-hangzhou" };
    expect(await code("nobody-token", valid)).toBe("Forbidden.RAM");
    expect(await code("ops-token", valid)).toBe("Job.NotFound");
  });

  test("DLI: size, who, invalid, permission, existence, type, state", async () => {
    const { jobId } = await registerJob(bundle, { ...sqlJob, jobType: "SCALE_QUEUE" }, "succeeded");
    const code = async (id: string, asked: Asked) => (await sqlJob.send(bundle, id, asked)).body.error_code;
    const large = { body: "x".repeat(1024 * 1024 + 1) };
    expect(await code("a_b", { ...large, token: "" })).toBe("APIGW.0201");
    expect(await code("a_b", { token: "" })).toBe("DLI.0013");
    expect(await code("a_b", { token: "nobody-token" })).toBe("DLI.0001");
    expect(await code("unknown", { token: "nobody-token" })).toBe("APIGW.0302");
    expect(await code("unknown", {})).toBe("DLI.0002");
    expect((await sqlJob.send(bundle, jobId)).body.error_msg).toMatch(/jobs of this type/);
  });
});

describe("unknown routes and methods are answered in the dialect of the path", () => {
  test.each([
    ["DELETE", "/v1.0/p/queues", 404, { error_code: "APIGW.0101" }],
    ["GET", `/v1.0/${project}/jobs/1`, 404, { error_code: "APIGW.0101" }],
    ["PUT", `/v3/${project}/scheduled-jobs/1`, 404, { error_code: "APIGW.0101" }],
    ["DELETE", `/v3/${project}/scheduled-jobs/`, 404, { error_code: "APIGW.0101" }],
    ["POST", "/ges/v1.0/p/graphs", 404, { errorCode: "APIGW.0101" }],
    ["PUT", "/", 404, { Code: "InvalidApi.NotFound" }],
    ["GET", "/nothing", 404, { code: "route-not-found" }],
    ["PUT", "/jobs", 405, { code: "method-not-allowed", detail: "Use POST or GET." }],
    ["GET", "/jobs/1/finish", 405, { code: "method-not-allowed" }],
  ])("%s %s", async (method, path, status, body) => {
    const reply = await bundle.send(method, path);
    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject(body);
    if (status === 405) expect(reply.headers.Allow).toBeTruthy();
  });
});
