import { afterEach, beforeEach, expect, test } from "vitest";
import { callJobApi } from "../support/requests/cancel-requests.ts";
import { type Capture, captures, configFor, headersOf } from "../support/signing/captures.ts";
import { inProcessBundle } from "../support/stack/bundle.ts";
import { type JobsTable, startJobsTable } from "../support/stack/jobs-table.ts";

/** The reads that the SDKs send beside the cancels. */
const siblings = captures.filter(({ name }) => name.includes("sibling"));

let table: JobsTable;
beforeEach(async () => {
  table = await startJobsTable();
});
afterEach(() => table.stop());

/** The job that a captured request asks about, and what it must be told. */
const askedAbout = ({ name, params, credentials: { projectId } }: Capture) => {
  if (name.includes("alibaba")) {
    const { RegionId, DBInstanceId, Namespace, Collection, NamespacePassword, JobId } = params;
    const scope = { regionId: RegionId, dbInstanceId: DBInstanceId, namespace: Namespace, collection: Collection };
    const service = name.includes("UploadDocument") ? "analyticdb-document" : "analyticdb-index";
    const body = { Message: "success", Status: "success", Job: { Id: JobId, Completed: false, Status: "Running" } };
    return { job: { service, scope, jobId: JobId, secret: NamespacePassword }, body };
  }
  const jobId = params.job_id;
  if (name.includes("ges")) {
    // The token SDK was given no project: it stands in the path that it sent.
    const scope = { projectId: "b02ce40e8cb84a8e980fdb11fac657db", graphName: params.graph_name };
    return { job: { service: "ges", scope, jobId }, body: { jobId, status: "running" } };
  }
  if (name.includes("dds")) {
    const job = { service: "dds", scope: { projectId }, jobId: "waiting", state: "queued" };
    return { job, body: { total_count: 1, schedules: [{ job_id: "waiting", job_status: "Pending" }] } };
  }
  return { job: { service: "dli", scope: { projectId }, jobId }, body: { is_success: true, status: "RUNNING" } };
};

test("there is a captured request for every read", () => {
  expect(siblings).toHaveLength(5);
});

test.each(siblings)("$name is told how its job stands", async (capture) => {
  const bundle = inProcessBundle(table, configFor(capture));
  const [{ method, url, bodyUtf8, receivedAt }] = capture.requests;
  bundle.clock.time = Date.parse(receivedAt);
  const { job, body } = askedAbout(capture);
  expect((await callJobApi(bundle, "POST", "/jobs", job)).status).toBe(201);
  const reply = await bundle.send(method, url, { headers: headersOf(capture), body: bodyUtf8 });
  expect(reply.status).toBe(200);
  expect(reply.body).toMatchObject(body);
});
