import { randomUUID } from "node:crypto";
import type { SQSRecord } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AwsUnreachable, callUntil, jsonClient } from "../../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbJobStore } from "../../../shared/adapters/dynamodb/job-store.ts";
import { dynamoDb } from "../../../shared/adapters/dynamodb/table-call.ts";
import { type Deadline, remainingMs } from "../../../shared/concurrency/deadline.ts";
import { uidToKey } from "../../../shared/domain/job-key.ts";
import { maxAttempts } from "../../../shared/entrypoints/cancel-queue.ts";
import type { Services, ServicesUntil } from "../../../shared/ports/services.ts";
import { aRecord, deliver, messageFor } from "../../support/requests/cancel-messages.ts";
import {
  type CancelRequest,
  createIndex,
  registerJob,
  sqlJob,
  toReceipt,
  uploadDocument,
} from "../../support/requests/cancel-requests.ts";
import { type InProcessBundle, inProcessBundle } from "../../support/stack/bundle.ts";
import { startFaultyProxy } from "../../support/stack/faulty-proxy.ts";
import { type JobsTable, localAws, startJobsTable } from "../../support/stack/jobs-table.ts";

const password = "testpassword";
const wrong = "canary-7f3a";

let table: JobsTable;
let bundle: InProcessBundle;
beforeEach(async () => {
  table = await startJobsTable();
  bundle = inProcessBundle(table);
});
afterEach(async () => {
  for (const secret of [password, wrong]) expect(bundle.logged.join("\n")).not.toContain(secret);
  expect(JSON.stringify(bundle.recorded.deadLettered)).not.toMatch(new RegExp(`${password}|${wrong}`));
  await table.stop();
});

const send = (request: CancelRequest, records: readonly SQSRecord[], instead: Partial<Services> = {}) =>
  deliver(request.operation, { ...bundle.services, ...instead }, records);

const stateOf = async (uid: string) => (await table.jobs.get(uid))?.state;
const outcomes = () =>
  bundle.logged
    .map((line) => JSON.parse(line))
    .flatMap(({ message, outcome }) => (message === "message" ? outcome : []));
const errors = () => bundle.logged.map((line) => JSON.parse(line)).filter(({ level }) => level === "ERROR");
const idsOf = (records: readonly SQSRecord[]) => records.map(({ messageId }) => messageId);

describe("the password of a job", () => {
  test.each([createIndex, uploadDocument])("may be kept under a name: $operation", async (request) => {
    const { jobId, uid } = await registerJob(bundle, request);
    bundle.recorded.kept["team/a"] = password;
    expect(await send(request, [aRecord(messageFor(request, jobId, { secretRef: "team/a" }))])).toEqual([]);
    expect([await stateOf(uid), bundle.recorded.deadLettered]).toEqual(["stopping", []]);
  });

  const kept = "secretRef must be the name of a secret that is kept.";
  const twice = "secretRef must be left out where the secret is given itself.";
  const notTheOne = "The secret is not the one that the job was registered with.";
  test.each<[string, string, string, object, object]>([
    ["is another", "wrong-secret", notTheOne, {}, { NamespacePassword: wrong }],
    ["is another under its name", "wrong-secret", notTheOne, { secretRef: "wrong" }, {}],
    ["is kept under no such name", "invalid", kept, { secretRef: "unknown" }, {}],
    ["is given and named", "invalid", twice, { secretRef: "right" }, { NamespacePassword: password }],
    ["is not given", "invalid", "NamespacePassword is missing.", {}, {}],
    ["is empty", "invalid", "NamespacePassword must be 1 to 256 characters.", {}, { NamespacePassword: "" }],
  ])("dead-letters the message where it %s", async (_, code, detail, more, parameters) => {
    const { jobId, uid } = await registerJob(bundle, createIndex);
    Object.assign(bundle.recorded.kept, { right: password, wrong });
    const record = aRecord(messageFor(createIndex, jobId, more, parameters));
    expect(await send(createIndex, [record])).toEqual([]);
    expect(bundle.recorded.deadLettered).toEqual([{ messageId: record.messageId, code, detail }]);
    expect(await stateOf(uid)).toBe("running");
  });

  test("cannot be named for a service that has none", async () => {
    const { jobId, uid } = await registerJob(bundle, sqlJob);
    bundle.recorded.kept.right = password;
    await send(sqlJob, [aRecord(messageFor(sqlJob, jobId, { secretRef: "right" }))]);
    const detail = "secretRef must be left out: jobs of this service have no secret.";
    expect(bundle.recorded.deadLettered).toMatchObject([{ code: "invalid", detail }]);
    expect(await stateOf(uid)).toBe("running");
  });

  test("is looked for again where its keeper does not answer", async () => {
    const { jobId, uid } = await registerJob(bundle, createIndex);
    const secrets = { find: () => Promise.reject(new Error("throttled")) };
    const record = aRecord(messageFor(createIndex, jobId, { secretRef: "right" }));
    expect(await send(createIndex, [record], { secrets })).toEqual([record.messageId]);
    expect([await stateOf(uid), bundle.recorded.deadLettered]).toEqual(["running", []]);
  });
});

describe("where the table throttles", () => {
  /** Three jobs, and services whose table throttles every call that is about the second. */
  const throttledWorld = async () => {
    const proxy = await startFaultyProxy(table.endpoint);
    const jobs = await Promise.all([1, 2, 3].map(() => registerJob(bundle, sqlJob)));
    const call = jsonClient(dynamoDb, localAws(proxy.endpoint));
    const throttled = dynamoDbJobStore({ call, table: table.table, newWriteId: randomUUID });
    const unlucky = uidToKey(jobs[1]?.uid ?? "");
    const change: Services["jobs"]["change"] = (key, given) =>
      (key === unlucky ? throttled : table.jobs).change(key, given);
    const records = (receiveCount: number) => jobs.map(({ jobId }) => aRecord(messageFor(sqlJob, jobId), receiveCount));
    const states = () => Promise.all(jobs.map(({ uid }) => stateOf(uid)));
    return { proxy, records, states, uid: jobs[1]?.uid ?? "", instead: { jobs: { ...table.jobs, change } } };
  };
  const throttles = Array.from({ length: 30 }, () => "throttle" as const);

  test("one message comes again after a while, and the others of its batch are done", async () => {
    const { proxy, records, states, uid, instead } = await throttledWorld();
    proxy.next("throttle", "throttle", "throttle");
    const batch = records(maxAttempts - 1);
    const again = [batch[1]?.messageId];
    expect(await send(sqlJob, batch, instead)).toEqual(again);
    expect([bundle.recorded.delayed, bundle.recorded.deadLettered]).toEqual([again, []]);
    expect(await states()).toEqual(["stopping", "running", "stopping"]);
    expect(outcomes().sort()).toEqual(["accepted", "accepted", "retry"]);
    expect(errors()).toMatchObject([{ messageId: again[0], error: { name: "StoreThrottled" } }]);

    expect(await send(sqlJob, batch.slice(1, 2), instead)).toEqual([]);
    expect(await toReceipt(bundle, uid)).toMatchObject({ outcome: "stopping", repeats: 0 });
    proxy.stop();
  });

  test("the message is given up after its last attempt, dead-lettered with the reason", async () => {
    const { proxy, records, states, instead } = await throttledWorld();
    proxy.next(...throttles);
    const batch = records(maxAttempts);
    expect(await send(sqlJob, batch, instead)).toEqual([]);
    const detail = `It failed ${maxAttempts} times; the log says why.`;
    expect(bundle.recorded.deadLettered).toEqual([{ messageId: batch[1]?.messageId, code: "gave-up", detail }]);
    expect(await states()).toEqual(["stopping", "running", "stopping"]);
    expect(errors()).toMatchObject([{ messageId: batch[1]?.messageId, error: { name: "StoreThrottled" } }]);
    expect(outcomes()).toContain("dead-lettered: gave-up");
    proxy.stop();
  });
});

describe("where a message cannot be dead-lettered", () => {
  test.each([1, maxAttempts])("it comes again: attempt %i", async (receiveCount) => {
    const sourceQueue = { ...bundle.services.sourceQueue, deadLetter: () => Promise.reject(new Error("no queue")) };
    const record = aRecord("canary", receiveCount);
    expect(await send(sqlJob, [record], { sourceQueue })).toEqual([record.messageId]);
    expect(bundle.recorded.delayed).toEqual([record.messageId]);
    expect(errors()).toMatchObject([{ error: { message: "no queue" } }]);
  });
});

describe("when the function has no time left", () => {
  test("messages come again untouched", async () => {
    const jobs = await Promise.all([1, 2, 3].map(() => registerJob(bundle, sqlJob)));
    const records = [...jobs.map(({ jobId }) => aRecord(messageFor(sqlJob, jobId))), aRecord("no JSON")];
    expect(await deliver(sqlJob.operation, bundle.services, records, 1_000)).toEqual(idsOf(records));
    expect(bundle.recorded).toMatchObject({ deadLettered: [], asked: [], delayed: idsOf(records) });
    expect(await Promise.all(jobs.map(({ uid }) => stateOf(uid)))).toEqual(["running", "running", "running"]);
    expect([outcomes(), errors()]).toEqual([records.map(() => "retry"), []]);
  });

  /** Dead-letters nothing after the deadline, as no call is made then. */
  const punctual = (deadline: Deadline): Services["sourceQueue"] => ({
    ...bundle.services.sourceQueue,
    deadLetter: async (...given) => {
      if (remainingMs(deadline) <= 0) throw new AwsUnreachable("the request has run out of time");
      return bundle.services.sourceQueue.deadLetter(...given);
    },
  });
  /** The jobs behind this proxy. */
  const jobsBehind = (endpoint: string, deadline: Deadline) => {
    const call = callUntil(jsonClient(dynamoDb, localAws(endpoint)), deadline);
    return dynamoDbJobStore({ call, table: table.table, newWriteId: randomUUID });
  };
  const gaveUp = ({ messageId }: SQSRecord) => ({ messageId, code: "gave-up", detail: expect.any(String) });

  test("messages that would be moved away by the queue itself are dead-lettered even so", async () => {
    const { jobId } = await registerJob(bundle, sqlJob);
    const [early, last, late] = [maxAttempts - 1, maxAttempts, maxAttempts + 1].map((count) =>
      aRecord(messageFor(sqlJob, jobId), count),
    ) as [SQSRecord, SQSRecord, SQSRecord];
    const services: ServicesUntil = (deadline) => ({ ...bundle.services, sourceQueue: punctual(deadline) });
    expect(await deliver(sqlJob.operation, services, [early, last, late], 1_000)).toEqual([early.messageId]);
    expect(bundle.recorded).toMatchObject({ deadLettered: [gaveUp(last), gaveUp(late)], delayed: [early.messageId] });
  });

  test("a message whose last attempt has taken all of it is dead-lettered", async () => {
    const proxy = await startFaultyProxy(table.endpoint);
    proxy.next("stall", "stall", "stall");
    const record = aRecord(messageFor(sqlJob, "j1"), maxAttempts);
    const services: ServicesUntil = (deadline) => {
      const jobs = jobsBehind(proxy.endpoint, deadline);
      return { ...bundle.services, jobs, sourceQueue: punctual(deadline) };
    };
    expect(await deliver(sqlJob.operation, services, [record], 2_050)).toEqual([]);
    expect(bundle.recorded.deadLettered).toEqual([gaveUp(record)]);
    proxy.stop();
  });

  test("a table that does not answer holds no message for longer than that", async () => {
    const proxy = await startFaultyProxy(table.endpoint);
    proxy.next(...Array.from({ length: 9 }, () => "stall" as const));
    const { jobId } = await registerJob(bundle, sqlJob);
    const record = aRecord(messageFor(sqlJob, jobId));
    const services: ServicesUntil = (deadline) => ({ ...bundle.services, jobs: jobsBehind(proxy.endpoint, deadline) });
    const started = performance.now();
    expect(await deliver(sqlJob.operation, services, [record], 2_100)).toEqual([record.messageId]);
    expect(performance.now() - started).toBeLessThan(600);
    proxy.stop();
  });
});
