import { describe } from "vitest";
import { analyticDbRows, analyticDbStoreFaults, missing } from "../../support/requests/analyticdb-rows.ts";
import { type Row, testFailures } from "../../support/requests/failure-rows.ts";
import {
  describeIndex,
  getUpload,
  graphStatus,
  sqlDetail,
  sqlStatus,
  taskList,
} from "../../support/requests/read-requests.ts";
import { useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

const readRows: readonly Row[] = [
  ...analyticDbRows,
  {
    name: "a wrong namespace password of a job that ended",
    state: "cancelled",
    asked: { parameters: { NamespacePassword: "wrong" } },
    expected: [500, "AccountOrPassword.VerificationError", /verification account name or password failed/],
  },
  { name: "a denied permission", asked: { token: "barred-token" }, expected: [403, "Forbidden.RAM", /not authorized/] },
  {
    name: "an action of a similar name",
    asked: { parameters: { Action: "GetCreateIndexJob" } },
    expected: [404, "InvalidApi.NotFound", /not found/],
  },
];

const gatewayRows: readonly Row[] = [
  {
    name: "a body that is too large",
    asked: { body: "x".repeat(1024 * 1024 + 1) },
    expected: [413, "APIGW.0201", "Request entity too large."],
  },
];

const invalidSql = (parameter: string): Row["expected"] => [
  400,
  "DLI.0001",
  new RegExp(`^Parameter check errors occur: ${parameter} must be`),
];

const sqlRows: readonly Row[] = [
  ...gatewayRows,
  {
    name: "an invalid project id",
    asked: { parameters: { project_id: "no_project" } },
    expected: invalidSql("project_id"),
  },
  { name: "an invalid job id", jobId: "a%20b", expected: invalidSql("job_id") },
  // Terraform takes a 400 on this read for "the job is gone".
  { name: "an unknown job", jobId: "unknown", expected: [400, "DLI.0002", "The job unknown does not exist."] },
  { name: "no credentials", asked: { token: "" }, expected: [401, "DLI.0013", /X-Auth-Token is not defined/] },
  { name: "an unknown token", asked: { token: "wrong" }, expected: [400, "DLI.0015", /Token parsing error/] },
  { name: "no permission", asked: { token: "nobody-token" }, expected: [403, "APIGW.0302", /not authorized/] },
  {
    name: "a project that the token does not reach",
    asked: { token: "tenant-token", parameters: { project_id: "another" } },
    expected: [403, "APIGW.0302", /not authorized/],
  },
];

const graphRows: readonly Row[] = [
  ...gatewayRows,
  { name: "an invalid job id", jobId: "a.b", expected: [400, "GES.8005", /job_id must be/] },
  ...["-1", "1.5", "x", "99999999999999999999"].map(
    (offset): Row => ({
      name: `offset = ${offset}`,
      asked: { parameters: { offset } },
      expected: [400, "GES.8005", /offset must be a whole number from 0/],
    }),
  ),
  ...["0", "100001"].map(
    (limit): Row => ({
      name: `limit = ${limit}`,
      asked: { parameters: { limit } },
      expected: [400, "GES.8005", /limit must be a whole number from 1 to 100000/],
    }),
  ),
  { name: "an unknown job", jobId: "unknown", expected: [400, "GES.8301", "can not find job, jobId is unknown"] },
  { name: "no credentials", asked: { token: "" }, expected: [401, "GES.8007", "Invalid token."] },
  { name: "an unknown token", asked: { token: "wrong" }, expected: [401, "GES.8007", "Invalid token."] },
  { name: "no permission", asked: { token: "nobody-token" }, expected: [403, "GES.8020", /does not have permission/] },
];

const filter = (name: string, value: string, code: string, message: string | RegExp): Row => ({
  name: `${name} = ${value}`,
  asked: { parameters: { [name]: value } },
  expected: [400, code, message],
});

const taskRows: readonly Row[] = [
  ...gatewayRows,
  filter("project_id", "no_project", "DBS.280408", "Invalid project id."),
  ...["0", "101", "-1", "ten"].map((limit) => filter("limit", limit, "DBS.280439", "Invalid limit.")),
  ...["-1", "1.5", "ten"].map((offset) => filter("offset", offset, "DBS.280440", "Invalid offset.")),
  filter("job_status", "Cancelled", "DBS.280001", /job_status must be Pending, Running, Completed, Failed or Canceled/),
  filter("job_name", "RESIZE FLAVOR", "DBS.280001", /job_name must be/),
  filter("instance_id", "a-b", "DBS.280001", /instance_id must be/),
  ...["yesterday", "2026-11-22", "2026-13-22T10:00:00+0000", "1700000000"].map((time) =>
    filter("start_time", time, "DBS.280001", /start_time must be a time such as 2026-11-22T10:00:00\+0100/),
  ),
  filter("end_time", "2026-11-22T25:00:00Z", "DBS.280001", /end_time must be a time/),
  { name: "no credentials", asked: { token: "" }, expected: [401, "APIGW.0301", /x-auth-token not found/] },
  { name: "an unknown token", asked: { token: "wrong" }, expected: [401, "APIGW.0301", /decrypt token fail/] },
  { name: "no permission", asked: { token: "nobody-token" }, expected: [403, "APIGW.0302", /not authorized/] },
];

const faultsOf = (unavailable: string, internal: string) =>
  ({ throttled: [429, "APIGW.0308"], unavailable: [503, unavailable], internal: [500, internal] }) as const;

describe("describe-create-index-job", () => {
  testFailures(bundle, describeIndex, "analyticDb", [...readRows, missing("Namespace")], analyticDbStoreFaults);
});

describe("get-upload-document-job", () => {
  testFailures(bundle, getUpload, "analyticDb", readRows, analyticDbStoreFaults);
});

describe.each([sqlStatus, sqlDetail])("$operation", (read) => {
  testFailures(bundle, read, "underscored", sqlRows, faultsOf("APIGW.0613", "DLI.0999"));
});

describe("list-scheduled-tasks", () => {
  testFailures(bundle, taskList, "underscored", taskRows, faultsOf("APIGW.0613", "DBS.280005"));
});

describe("show-graph-job-status", () => {
  testFailures(bundle, graphStatus, "gesRead", graphRows, faultsOf("GES.8602", "GES.8302"));
});
