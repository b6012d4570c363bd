import { readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inProcessBundle, type Received } from "../support/bundle.ts";
import { callJobApi } from "../support/cancel-requests.ts";
import { type JobsTable, startJobsTable } from "../support/jobs-table.ts";

/** A request as a published SDK sent it, with the test credentials that it was given. */
interface Capture {
  readonly name: string;
  readonly credentials: { readonly projectId?: string; readonly token?: string; readonly bearerToken?: string };
  readonly params: Readonly<Record<string, string>>;
  readonly requests: readonly [
    { readonly method: string; readonly url: string; readonly rawHeaders: string[]; readonly bodyUtf8: string },
  ];
}

const directory = new URL("captured/", import.meta.url);
const captures: Capture[] = readdirSync(directory).map((file) =>
  JSON.parse(readFileSync(new URL(file, directory), "utf8")),
);

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
    return { service: "analyticdb-index", scope, jobId: JobId, secret: NamespacePassword };
  }
  const jobId = params.job_id;
  if (name.includes("ges")) return { service: "ges", scope: { projectId, graphName: params.graph_name }, jobId };
  if (name.includes("dds")) return { service: "dds", scope: { projectId }, jobId, state: "queued" };
  return { service: "dli", scope: { projectId }, jobId };
};

test.each(captures)("$name cancels its job", async (capture) => {
  const { token, bearerToken } = capture.credentials;
  const everything = [{ effect: "allow" as const, actions: ["*"], resources: ["*"] }];
  const bundle = inProcessBundle(table, {
    principals: [
      { name: "sdk", tokens: [{ value: String(token ?? bearerToken) }, { value: "ops-token" }], policies: everything },
    ],
  });
  const [{ method, url, rawHeaders, bodyUtf8 }] = capture.requests;
  const headers = Object.fromEntries(
    rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1] ?? ""]] : [])),
  );
  const send = (): Promise<Received> => bundle.send(method, url, { headers, body: bodyUtf8 });

  expect((await send()).status).toBeGreaterThanOrEqual(400);
  const registered = await callJobApi(bundle, "POST", "/jobs", registrationFor(capture));
  expect(registered.status).toBe(201);
  expect((await send()).status).toBe(capture.name.includes("dds") ? 204 : 200);
  const receipt = await callJobApi(bundle, "GET", `/jobs/${registered.body.uid}/receipt`);
  expect(receipt.body).toMatchObject({ requestedBy: "sdk", jobId: capture.params.JobId ?? capture.params.job_id });
});
