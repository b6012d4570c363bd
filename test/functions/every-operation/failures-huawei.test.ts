import { describe } from "vitest";
import { graph, scheduledTask, sqlJob } from "../../support/requests/cancel-requests.ts";
import { type Row, testFailures } from "../../support/requests/failure-rows.ts";
import { useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

/** The rows that all three Huawei-family services have from their gateway. */
const gatewayRows: readonly Row[] = [
  {
    name: "a body that is too large",
    asked: { body: "x".repeat(1024 * 1024 + 1) },
    expected: [413, "APIGW.0201", "Request entity too large."],
  },
  {
    name: "a body that is not JSON",
    asked: { body: "{", headers: { "content-type": "application/json" } },
    expected: [400, "APIGW.0201", "API request error: the body is not JSON."],
  },
  {
    name: "a body of another kind",
    asked: { body: "a=b", headers: { "content-type": "application/x-www-form-urlencoded" } },
    expected: [400, "APIGW.0201", "API request error: the content type must be application/json."],
  },
  {
    name: "an Authorization of another kind",
    asked: { token: "", headers: { authorization: "Basic b3BzOm9wcw==" } },
    expected: [401, "APIGW.0301", /the signature algorithm is not supported/],
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
    name: "a principal of other triggers",
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

describe("cancel-sql-job", () => {
  testFailures(bundle, sqlJob, "underscored", sqlRows, {
    throttled: [429, "APIGW.0308"],
    unavailable: [503, "APIGW.0613"],
    internal: [500, "DLI.0999"],
  });
});

describe("cancel-scheduled-task", () => {
  testFailures(bundle, scheduledTask, "underscored", taskRows, {
    throttled: [429, "APIGW.0308"],
    unavailable: [503, "APIGW.0613"],
    internal: [500, "DBS.280005"],
  });
});

describe("cancel-graph-job", () => {
  testFailures(bundle, graph, "ges", graphRows, {
    throttled: [429, "APIGW.0308"],
    unavailable: [503, "GES.8602"],
    internal: [500, "GES.8304"],
  });
});
