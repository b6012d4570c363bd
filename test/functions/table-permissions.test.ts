import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { AwsCall } from "../../shared/aws/json-client.ts";
import { dynamoDbLockouts, dynamoDbNonces } from "../../shared/store/dynamodb-auth-store.ts";
import { dynamoDbJobStore } from "../../shared/store/dynamodb-job-store.ts";
import { dynamoDbWorklists } from "../../shared/store/dynamodb-worklists.ts";
import { type InProcessBundle, inProcessBundle } from "../support/bundle.ts";
import { callJobApi, registerJob, sqlJob } from "../support/cancel-requests.ts";
import { type Capture, captures, configFor, headersOf } from "../support/captures.ts";
import { type JobsTable, startJobsTable } from "../support/jobs-table.ts";

let table: JobsTable;
beforeAll(async () => {
  table = await startJobsTable();
});
afterAll(() => table.stop());

/** A write of several items needs the permission of each of its parts. */
const actionOf = (operation: string): string => (operation === "TransactWriteItems" ? "PutItem" : operation);

/** Does something with a bundle, and gives the actions on the table that it took. */
const actionsTakenBy = async (act: (bundle: InProcessBundle) => Promise<unknown>, capture?: Capture) => {
  const taken = new Set<string>();
  const call: AwsCall = (operation, input) => {
    taken.add(actionOf(operation));
    return table.call(operation, input);
  };
  const access = { call, table: table.table, newWriteId: randomUUID };
  const stores = {
    jobs: dynamoDbJobStore(access),
    worklists: dynamoDbWorklists(access),
    nonces: dynamoDbNonces(access),
    lockouts: dynamoDbLockouts(access),
  };
  await act(inProcessBundle(stores, capture && configFor(capture)));
  return [...taken].sort();
};

const declared = (folder: string): string[] => {
  const file = readFileSync(new URL(`../../functions/${folder}/function.yml`, import.meta.url), "utf8");
  return [...(parse(file)[folder].permissions?.table ?? [])].sort();
};

const captured = (name: string): Capture => {
  const capture = captures.find((each) => each.name === name);
  if (!capture) throw new Error(`no capture is named ${name}`);
  return capture;
};

/** A wrong signature, then the right one: the lock is looked up, counted up and reset. */
const sendWrongThenRight = (capture: Capture) => async (bundle: InProcessBundle) => {
  const [{ method, url, bodyUtf8, receivedAt }] = capture.requests;
  bundle.clock.time = Date.parse(receivedAt);
  const headers = headersOf(capture);
  const broken = (text: string) => text.replace(/[0-9a-f]{2}$/, (end) => (end === "00" ? "11" : "00"));
  const wrong = { ...headers, ...(headers.authorization && { authorization: broken(headers.authorization) }) };
  await bundle.send(method, url, { headers: wrong, body: bodyUtf8 });
  await bundle.send(method, url, { headers, body: bodyUtf8 });
};

describe("a function may do on the table what it does there, and nothing else", () => {
  test.each([
    ["analyticdb-rpc", "alibaba-CancelCreateIndexJob-acs3-hmac-sha256"],
    ["cancel-scheduled-task", "huawei-dds-cancelScheduledTask-sdk-hmac-sha256"],
    ["cancel-sql-job", "huawei-dli-cancelSqlJob-sdk-hmac-sha256"],
    ["cancel-graph-job", "huawei-ges-cancelJob-sdk-hmac-sha256"],
    ["show-sql-job-status", "huawei-dli-sibling-showSqlJobStatus-sdk-hmac-sha256"],
  ])("%s", async (folder, name) => {
    const capture = captured(name);
    expect(await actionsTakenBy(sendWrongThenRight(capture), capture)).toEqual(declared(folder));
  });

  test("list-scheduled-tasks", async () => {
    const capture = captured("huawei-dds-sibling-listScheduledTasks-sdk-hmac-sha256");
    const scope = { projectId: String(capture.credentials.projectId) };
    await registerJob(inProcessBundle(table), { service: "dds", scope, jobType: "RESTART" }, "queued");
    expect(await actionsTakenBy(sendWrongThenRight(capture), capture)).toEqual(declared("list-scheduled-tasks"));
  });

  test("jobs", async () => {
    const actions = await actionsTakenBy(async (bundle) => {
      const { uid, jobId } = await registerJob(bundle, sqlJob, "succeeded");
      await callJobApi(bundle, "POST", "/jobs", { service: "dli", scope: sqlJob.scope, jobId });
      await callJobApi(bundle, "GET", `/jobs/${uid}`);
      await callJobApi(bundle, "GET", "/jobs");
    });
    expect(actions).toEqual(declared("jobs"));
  });

  test("the reads and cancels behind analyticdb-rpc have its permissions, and all others none", () => {
    for (const folder of readdirSync(new URL("../../functions/", import.meta.url), { withFileTypes: true })) {
      const { name } = folder;
      if (/^(cancel-create|cancel-upload|describe|get)-/.test(name))
        expect(declared(name)).toEqual(declared("analyticdb-rpc"));
      if (name === "openapi" || name === "unknown-route") expect(declared(name)).toEqual([]);
    }
    expect(declared("show-graph-job-status")).toEqual(declared("show-sql-job-status"));
  });
});
