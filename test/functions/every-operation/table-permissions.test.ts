import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cleanup } from "../../../functions/cleanup-stale-jobs/cleanup.ts";
import { checks } from "../../../functions/reconcile-cancellations/queue.ts";
import { sweep } from "../../../functions/reconcile-cancellations/sweep.ts";
import type { AwsCall } from "../../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbLockouts, dynamoDbNonces } from "../../../shared/adapters/dynamodb/auth-store.ts";
import { dynamoDbDueQueue } from "../../../shared/adapters/dynamodb/due-queue.ts";
import { dynamoDbJobStore } from "../../../shared/adapters/dynamodb/job-store.ts";
import { backendKinds } from "../../../shared/backends/registry.ts";
import { aRecord, deliver, nativeParameters } from "../../support/requests/cancel-messages.ts";
import { callJobApi, cancelRequests, registerJob, sqlJob } from "../../support/requests/cancel-requests.ts";
import { type Capture, captures, configFor, headersOf } from "../../support/signing/captures.ts";
import { type InProcessBundle, inProcessBundle } from "../../support/stack/bundle.ts";
import { functionDefinition } from "../../support/stack/function-definitions.ts";
import { now } from "../../support/stack/jobs.ts";
import { atOnce, type JobsTable, startJobsTable } from "../../support/stack/jobs-table.ts";
import { queueRun, scheduledRun } from "../../support/stack/runs.ts";
import { standingJobs } from "../../support/stack/standing-jobs.ts";

let table: JobsTable;
beforeAll(async () => {
  table = await startJobsTable();
});
afterAll(() => table.stop());

/** What a call needs, as a function.yml says it. A write of several items needs the permission of each of its parts. */
const needsOf = (operation: string, input: object): readonly string[] =>
  operation === "TransactWriteItems"
    ? (input as { TransactItems: readonly object[] }).TransactItems.map((part) => `${Object.keys(part)[0]}Item`)
    : [needOf(operation, input)];

const needOf = (operation: string, input: object): string => {
  const { IndexName, Key, Item } = input as Readonly<Record<string, Record<string, { S?: string }> & string>>;
  if (operation === "Query") return IndexName === undefined ? "counts" : `index ${IndexName}`;
  if (operation === "PutItem" && Item?.pk?.S?.startsWith("nonce#")) return "nonces";
  return operation === "UpdateItem" && Key?.pk?.S?.startsWith("lock#") ? "lockouts" : operation;
};

/** Does something with a bundle, and gives what it needed of the table. */
const neededBy = async (act: (bundle: InProcessBundle) => Promise<unknown>, capture?: Capture) => {
  const taken = new Set<string>();
  const call: AwsCall = (operation, input) => {
    for (const need of needsOf(operation, input)) taken.add(need);
    return table.call(operation, input);
  };
  const access = { call, table: table.table, newWriteId: randomUUID };
  const stores = {
    jobs: dynamoDbJobStore(access),
    dueQueue: dynamoDbDueQueue({ ...access, backendKinds, wait: atOnce }),
    nonces: dynamoDbNonces(access),
    lockouts: dynamoDbLockouts(access),
  };
  await act(inProcessBundle(stores, capture && configFor(capture)));
  return taken;
};

/** Neither more nor less than a function needs: where it may put or update any item, it may do so with these too. */
const expectNoOther = (name: string, needed: ReadonlySet<string>): void => {
  const { table: actions = [], indexes = [], nonces, lockouts, counts } = functionDefinition(name).permissions ?? {};
  const declared = [
    ...actions.filter((action) => action !== "Query"),
    ...indexes.map((index) => `index ${index}`),
    ...(nonces ? ["nonces"] : []),
    ...(lockouts ? ["lockouts"] : []),
    ...(counts ? ["counts"] : []),
  ];
  const isDeclared = (action: string) => actions.includes(action);
  const covered = [...needed].map((need) => {
    if (need === "nonces" && isDeclared("PutItem")) return "PutItem";
    return need === "lockouts" && isDeclared("UpdateItem") ? "UpdateItem" : need;
  });
  expect([...new Set(covered)].sort()).toEqual(declared.sort());
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

const permissionsOf = (name: string) => functionDefinition(name).permissions;

describe("a function may do on the table what it does there, and nothing else", () => {
  test.each([
    ["analyticdb-rpc", "alibaba-CancelCreateIndexJob-acs3-hmac-sha256"],
    ["analyticdb-rpc", "alibaba-CancelUploadDocumentJob-acs3-hmac-sha256"],
    ["analyticdb-rpc", "alibaba-sibling-DescribeCreateIndexJob-acs3-hmac-sha256"],
    ["analyticdb-rpc", "alibaba-sibling-GetUploadDocumentJob-acs3-hmac-sha256"],
    ["cancel-scheduled-task", "huawei-dds-cancelScheduledTask-sdk-hmac-sha256"],
    ["cancel-sql-job", "huawei-dli-cancelSqlJob-sdk-hmac-sha256"],
    ["cancel-graph-job", "huawei-ges-cancelJob-sdk-hmac-sha256"],
    ["show-sql-job-status", "huawei-dli-sibling-showSqlJobStatus-sdk-hmac-sha256"],
  ])("%s: %s", async (functionName, name) => {
    const capture = captured(name);
    expectNoOther(functionName, await neededBy(sendWrongThenRight(capture), capture));
  });

  test("list-scheduled-tasks", async () => {
    const capture = captured("huawei-dds-sibling-listScheduledTasks-sdk-hmac-sha256");
    const scope = { projectId: String(capture.credentials.projectId) };
    await registerJob(inProcessBundle(table), { service: "dds", scope, jobType: "RESTART" }, "queued");
    expectNoOther("list-scheduled-tasks", await neededBy(sendWrongThenRight(capture), capture));
  });

  test("jobs", async () => {
    const actions = await neededBy(async (bundle) => {
      const { uid, jobId } = await registerJob(bundle, sqlJob, "succeeded");
      await callJobApi(bundle, "POST", "/jobs", { service: "dli", scope: sqlJob.scope, jobId });
      await callJobApi(bundle, "GET", `/jobs/${uid}`);
      await callJobApi(bundle, "GET", "/jobs");
      await callJobApi(bundle, "GET", "/jobs?state=running");
    });
    expectNoOther("jobs", actions);
  });

  test.each(cancelRequests)("$operation-queue", async (request) => {
    const password = request.service.startsWith("analyticdb") ? { NamespacePassword: "testpassword" } : {};
    const outside = inProcessBundle(table);
    const actions = await neededBy(async ({ services }) => {
      const { jobId } = await registerJob(outside, request, "queued");
      const used = await registerJob(outside, request, "failed");
      // Registered after the message was sent: that one means the job before.
      await registerJob(outside, request, "queued", { jobId: used.jobId });
      const asked = (jobId: string, ifUnknown = "dead-letter") => {
        const parameters = { ...nativeParameters(request, jobId), ...password };
        return aRecord({ operation: request.operation, parameters, ifUnknown }, 1, now - 1);
      };
      const records = [asked(jobId), asked(jobId), asked(used.jobId), asked("unborn", "tombstone"), asked("none")];
      expect(await deliver(request.operation, services, records)).toEqual([]);
    });
    expectNoOther(`${request.operation}-queue`, actions);
  });

  const folder = "reconcile-cancellations";
  const anHour = 3_600_000;

  test("reconcile-cancellations", async () => {
    const actions = await neededBy(async ({ services, clock }) => {
      const { uid } = await registerJob(inProcessBundle(table), sqlJob, "stopping");
      await standingJobs(() => table.jobs).stopping({ counted: true });
      clock.time += anHour;
      expect(await sweep.run(scheduledRun(services))).toMatchObject({ failed: 0, unreadable: 0 });
      expect(await table.jobs.get(uid)).toMatchObject({ state: "cancelled" });
    });
    expectNoOther(folder, actions);
  });

  test("reconcile-cancellations-queue", async () => {
    const actions = await neededBy(async ({ services, clock }) => {
      const { uid } = await registerJob(inProcessBundle(table), sqlJob, "stopping");
      clock.time += anHour;
      expect(await checks.settle([aRecord({ uid })], queueRun(services, folder))).toEqual([]);
      expect(await table.jobs.get(uid)).toMatchObject({ state: "cancelled" });
    });
    expectNoOther("reconcile-cancellations-queue", actions);
  });

  test("cleanup-stale-jobs", async () => {
    const actions = await neededBy(async ({ services, clock }) => {
      const { uid } = await registerJob(inProcessBundle(table), sqlJob, "running", { maxRuntimeSeconds: 1 });
      // The policy counts: one of one would be too many.
      await registerJob(inProcessBundle(table), sqlJob, "queued");
      clock.time += anHour;
      const old = { name: "old", selector: {}, maxRuntimeSeconds: 1, action: "cancel" } as const;
      const policies = [{ ...old, maxActionsPerRun: 100, maxActionsOfAllOwners: 100, maxFractionOfActive: 0.9 }];
      await cleanup.run(
        scheduledRun({ ...services, settings: async () => ({ ...(await services.settings()), policies }) }),
      );
      expect(await table.jobs.get(uid)).toMatchObject({ state: "stopping" });
    });
    expectNoOther("cleanup-stale-jobs", actions);
  });

  test("openapi, unknown-route: nothing; the other reads of one job: what show-sql-job-status may", () => {
    expect(permissionsOf("openapi")).toBeUndefined();
    expect(permissionsOf("unknown-route")).toBeUndefined();
    for (const read of ["show-graph-job-status", "show-sql-job-detail"])
      expect(permissionsOf(read)).toEqual(permissionsOf("show-sql-job-status"));
  });
});
