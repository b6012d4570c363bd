import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConfigDocument } from "../../../shared/config/document-schema.ts";
import type { Policy } from "../../../shared/domain/principal.ts";
import { aRecord, deliver, messageFor } from "../../support/requests/cancel-messages.ts";
import { createIndex, registerJob, sqlJob, toReceipt } from "../../support/requests/cancel-requests.ts";
import { config, inProcessBundle, project } from "../../support/stack/bundle.ts";
import { now } from "../../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../../support/stack/jobs-table.ts";

let table: JobsTable;
beforeAll(async () => {
  table = await startJobsTable();
});
afterAll(() => table.stop());

const everything: Policy = { effect: "allow", actions: ["*"], resources: ["*"] };

const sentBy = (sender: string, policies: readonly Policy[]): ConfigDocument => ({
  principals: [
    ...config.principals.filter(({ name }) => name === "ops"),
    {
      name: "alice",
      triggers: ["queue"],
      senders: [sender],
      policies: [...policies],
    } as ConfigDocument["principals"][0],
    { name: "others", triggers: ["queue"], policies: [] },
  ],
});

const bundleFor = (policies: readonly Policy[]) =>
  inProcessBundle(table, sentBy("AROA1:*", policies), { secrets: { find: async () => "testpassword" } });

const settle = async (policies: readonly Policy[], request: typeof sqlJob, more: object, sender = "AROA1:nightly") => {
  const bundle = bundleFor(policies);
  const { jobId, uid } = await registerJob(bundle, request);
  const record = aRecord(messageFor(request, jobId, { requestedBy: "carol", ...more }), 1, now, sender);
  expect(await deliver(request.operation, bundle.services, [record])).toEqual([]);
  const [deadLettered] = bundle.recorded.deadLettered;
  return { code: deadLettered?.code, receipt: await toReceipt(bundle, uid) };
};

test("the receipt names whom AWS authenticated as the sender, and whom the message names beside", async () => {
  const { code, receipt } = await settle([everything], sqlJob, {});
  expect(code).toBeUndefined();
  expect(receipt).toMatchObject({ trigger: "queue", requestedBy: "alice", onBehalfOf: "carol" });
});

test("another sender is the principal that names none", async () => {
  expect((await settle([everything], sqlJob, {}, "AROA2:nightly")).code).toBe("forbidden");
});

test.each<[string, Partial<Policy>, typeof sqlJob, object, string | undefined]>([
  ["the project of the job", { projects: [project] }, sqlJob, {}, undefined],
  ["another project", { projects: ["another"] }, sqlJob, {}, "forbidden"],
  ["the operation", { operations: ["cancel-sql-job"] }, sqlJob, {}, undefined],
  ["another operation", { operations: ["cancel-graph-job"] }, sqlJob, {}, "forbidden"],
  ["the secret that the message uses", { secretRefs: ["alice-*"] }, createIndex, { secretRef: "alice-pw" }, undefined],
  ["another secret", { secretRefs: ["bob-*"] }, createIndex, { secretRef: "alice-pw" }, "forbidden"],
  ["no secret", { secretRefs: [] }, createIndex, { secretRef: "alice-pw" }, "forbidden"],
])("a policy that names %s", async (_, narrowed, request, more, code) => {
  expect((await settle([{ ...everything, ...narrowed }], request, more)).code).toBe(code);
});
