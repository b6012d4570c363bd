import { describe, expect, test } from "vitest";
import { alibabaClients, refusalOf, upperCaseUuid } from "../support/sdk/sdk-alibaba.ts";
import { callOf, createIndex, uploadDocument } from "../support/sdk/sdk-analyticdb.ts";
import { type StandingState, useStanddownWithKeys } from "../support/sdk/sdk-fixture.ts";
import { huaweiClients } from "../support/sdk/sdk-huawei.ts";
import { dds, dli, ges } from "../support/sdk/sdk-huawei-services.ts";

const { endpoint, jobIn } = useStanddownWithKeys();

const states: readonly StandingState[] = ["queued", "running", "stopping", "succeeded", "failed", "cancelled"];
const isOver = (state: StandingState) => ["succeeded", "failed", "cancelled"].includes(state);

/** The words of each API for the six states, in their order. */
const words = {
  [createIndex.read]: ["Running", "Running", "Running", "Success", "Failed", "Cancelled"],
  [uploadDocument.read]: ["Pending", "Running", "Cancelling", "Success", "Failed", "Cancelled"],
  GES: ["pending", "running", "running", "success", "failed", "failed"],
  DDS: ["Pending", "Running", undefined, "Completed", "Failed", "Canceled"],
  DLI: ["LAUNCHING", "RUNNING", "RUNNING", "FINISHED", "FAILED", "CANCELLED"],
};
const rowsOf = (read: string) => states.map((state, i) => [state, words[read]?.[i]] as const);

/** One of each package, and both versions of the signature. */
const rpcClients = alibabaClients.filter(({ name }) => /, (ACS3-HMAC-SHA256|RPC version 1|POST)$/.test(name));
const operations = [createIndex, uploadDocument];

describe.each(operations)("$read", (operation) => {
  // Without a password, which takes time to hash.
  const { secret, ...registration } = operation.registration;

  test.each(rowsOf(operation.read))("shows a job that is %s as %s", async (state, Status) => {
    const { jobId } = await jobIn(state, registration);
    const call = callOf(operation, jobId, { action: operation.read });
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
    for (const client of rpcClients) {
      const { body } = await client.call(endpoint(), "owner", call);
      expect(body).toMatchObject({
        RequestId: upperCaseUuid,
        Status: "success",
        Job: { Id: jobId, Status, Completed: isOver(state), CreateTime: time, UpdateTime: time },
      });
    }
  });

  test.each(rpcClients)("is refused as a cancel is: $name", async (client) => {
    const { jobId } = await jobIn("running", operation.registration);
    const refused = async (id: string, parameters = {}, who: "owner" | "stranger" = "owner") => {
      const call = callOf(operation, id, { action: operation.read, parameters });
      const { status, code } = await refusalOf(client, client.call(endpoint(), who, call));
      return [status, code];
    };
    expect(await refused("unknown")).toEqual([404, "Job.NotFound"]);
    expect(await refused(jobId, { Collection: "" })).toEqual([400, "MissingParameter"]);
    expect(await refused(jobId, { JobId: "not an id" })).toEqual([400, "InvalidParameter"]);
    const other = { NamespacePassword: "another" };
    expect(await refused(jobId, other)).toEqual([500, "AccountOrPassword.VerificationError"]);
    expect(await refused(jobId, {}, "stranger")).toEqual([404, "InvalidAccessKeyId.NotFound"]);
  });
});

const restClients = huaweiClients.filter(({ name }) => /^(SDK-HMAC-SHA256|X-Auth-Token)$/.test(name));

describe.each([ges, dds, dli])("the read of $name", (service) => {
  // A task of DDS is never told to stop: only those that wait can be cancelled, and they are cancelled at once.
  const rows = rowsOf(service.name).filter(([, word]) => word !== undefined);

  test.each(rows)("shows a job that is %s as %s", async (state, word) => {
    const { jobId } = await jobIn(state, service.registration);
    for (const client of restClients)
      expect(service.stateIn(await client.call(endpoint(), "owner", service.read(jobId)), jobId)).toBe(word);
  });
});
