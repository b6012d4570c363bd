import { afterEach, beforeEach, expect, test } from "vitest";
import { callJobApi } from "../support/requests/cancel-requests.ts";
import {
  type Capture,
  captures,
  configFor,
  headersOf,
  isAlibaba,
  signedCaptures,
} from "../support/signing/captures.ts";
import { inProcessBundle, type Received } from "../support/stack/bundle.ts";
import { type JobsTable, startJobsTable } from "../support/stack/jobs-table.ts";

const cancels = captures.filter(({ name }) => !name.includes("sibling"));

let table: JobsTable;
// Some captures cancel the same job: each finds an empty table.
beforeEach(async () => {
  table = await startJobsTable();
});
afterEach(() => table.stop());

/** The registration of the job that a captured request cancels. */
const registrationFor = ({ name, params, credentials: { projectId } }: Capture): object => {
  if (name.includes("alibaba")) {
    const { RegionId, DBInstanceId, Namespace, Collection, NamespacePassword, JobId } = params;
    const scope = { regionId: RegionId, dbInstanceId: DBInstanceId, namespace: Namespace, collection: Collection };
    const service = name.includes("UploadDocument") ? "analyticdb-document" : "analyticdb-index";
    return { service, scope, jobId: JobId, secret: NamespacePassword };
  }
  const jobId = params.job_id;
  if (name.includes("ges")) return { service: "ges", scope: { projectId, graphName: params.graph_name }, jobId };
  if (name.includes("dds")) return { service: "dds", scope: { projectId }, jobId, state: "queued" };
  return { service: "dli", scope: { projectId }, jobId };
};

test.each(cancels)("$name cancels its job", async (capture) => {
  const bundle = inProcessBundle(table, configFor(capture));
  const [{ method, url, bodyUtf8, receivedAt }] = capture.requests;
  bundle.clock.time = Date.parse(receivedAt);
  const headers = headersOf(capture);
  const send = (): Promise<Received> => bundle.send(method, url, { headers, body: bodyUtf8 });

  const registered = await callJobApi(bundle, "POST", "/jobs", registrationFor(capture));
  expect(registered.status).toBe(201);
  expect((await send()).status).toBe(capture.name.includes("dds") ? 204 : 200);
  const receipt = await callJobApi(bundle, "GET", `/jobs/${registered.body.uid}/receipt`);
  expect(receipt.body).toMatchObject({ requestedBy: "sdk", jobId: capture.params.JobId ?? capture.params.job_id });

  // Alibaba Cloud's signed requests are good once. Huawei's clients resend theirs, and may.
  const again = await send();
  if (signedCaptures.includes(capture) && isAlibaba(capture)) expect(again.body.Code).toBe("SignatureNonceUsed");
  else expect(again.status).toBe(capture.name.includes("dds") ? 403 : 200);
});
