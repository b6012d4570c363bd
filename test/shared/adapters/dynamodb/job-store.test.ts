import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AwsCall } from "../../../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbJobStore } from "../../../../shared/adapters/dynamodb/job-store.ts";
import { decideCancel } from "../../../../shared/domain/decide-cancel.ts";
import { decideFinish, renewUnseen } from "../../../../shared/domain/decide-report.ts";
import type { Job } from "../../../../shared/domain/job.ts";
import { jobUid, uidToKey } from "../../../../shared/domain/job-key.ts";
import type { JobStore } from "../../../../shared/ports/job-store.ts";
import { aJob, now } from "../../../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../../../support/stack/jobs-table.ts";

let table: JobsTable;
let jobs: JobStore;

beforeAll(async () => {
  table = await startJobsTable();
  jobs = table.jobs;
});
afterAll(() => table.stop());

const command = {
  rules: { states: ["queued", "running"], jobTypes: ["QUERY"], residue: [] },
  trigger: "http",
  requestedBy: "ops",
  requestedAt: now,
} as const;

const registered = async (given: Partial<Job> = {}) => {
  const job = aJob(given);
  await jobs.register(job, job.uid);
  return job;
};

const rawItem = async (job: Job, sk = "current") => {
  const { Item } = await table.call("GetItem", {
    TableName: table.table,
    Key: { pk: { S: uidToKey(job.uid) }, sk: { S: sk } },
  });
  return Item as Record<string, unknown> | undefined;
};

const finished = async (job: Job) => {
  const { change } = decideFinish(job, { outcome: "succeeded" }, "worker-1", now);
  if (!change) throw new Error("nothing to write");
  return jobs.change(uidToKey(job.uid), change);
};

describe("newest", () => {
  test("is one consistent read", async () => {
    const job = await registered();
    const asked: unknown[] = [];
    const call = (operation: string, input: object) => {
      asked.push([operation, input]);
      return table.call(operation, input);
    };
    await dynamoDbJobStore({ call, table: table.table, newWriteId: () => "w" }).newest(uidToKey(job.uid));
    expect(asked).toEqual([["GetItem", expect.objectContaining({ ConsistentRead: true })]]);
  });
});

test("putTombstone gives the job that took the place of a tombstone with another secret", async () => {
  const job = aJob({ secretHash: "right" });
  const key = uidToKey(job.uid);
  const tombstone = { trigger: "queue", requestedBy: "events", requestedAt: now, until: now + 1000 } as const;
  await jobs.putTombstone(key, { ...tombstone, secretHash: "wrong" });
  const call: AwsCall = async (operation, input) => {
    if (operation === "UpdateItem") await jobs.register(job, job.uid);
    return table.call(operation, input);
  };
  const store = dynamoDbJobStore({ call, table: table.table, newWriteId: () => "w" });
  expect(await store.putTombstone(key, { ...tombstone, secretHash: "right" })).toEqual(job);
});

describe("the table", () => {
  const expiresAt = { N: String(Math.floor(now / 1000) + 90 * 86_400) };

  test("has an item in the sparse indexes exactly while its job is active, if nobody cancelled it", async () => {
    const job = await registered();
    expect(await rawItem(job)).toMatchObject({ activeKey: {}, activeSince: {}, dueKey: {}, dueAt: {} });
    await finished(job);
    const ended = await rawItem(job);
    for (const attribute of ["activeKey", "activeSince", "dueKey", "dueAt"])
      expect(ended).not.toHaveProperty(attribute);
    expect(ended).toMatchObject({ expiresAt });
  });

  test("has a queued job among the active ones, due when it waits for too long", async () => {
    const job = await registered({ state: "queued", maxQueuedSeconds: 60 });
    expect(await rawItem(job)).toMatchObject({ activeKey: {}, activeSince: { N: String(now) } });
    expect(await rawItem(job)).toMatchObject({ dueKey: {}, dueAt: { N: String(now + 60_000) } });
  });

  test("keeps a cancelled job in the reconcile queue until its outbox is empty, wherever it stands by then", async () => {
    const job = await registered({ state: "queued" });
    await jobs.change(uidToKey(job.uid), decideCancel(job, command, now).change ?? never());
    const due = { dueKey: { S: expect.stringMatching(/^reconcile#.$/) }, dueAt: { N: String(now) } };
    const outbox = { SS: expect.arrayContaining(["requested", "stopped"]) };
    expect(await rawItem(job)).toMatchObject({ ...due, outbox, expiresAt });
    expect(await rawItem(job)).not.toHaveProperty("activeKey");
    const next = { ...aJob({ jobId: job.jobId }), uid: jobUid(now + 1, uidToKey(job.uid)) };
    expect(await jobs.register(next, "next")).toMatchObject({ registered: true });
    expect(await rawItem(job, job.uid)).toMatchObject({ ...due, outbox, expiresAt });

    const told = { announced: ["requested", "stopped"], due: "no-more" } as const;
    await jobs.changeIncarnation(job.uid, { when: { states: ["cancelled"] }, ...told });
    for (const attribute of ["dueKey", "dueAt", "outbox"])
      expect(await rawItem(job, job.uid)).not.toHaveProperty(attribute);
    expect(await rawItem(next)).toMatchObject({ dueKey: { S: expect.stringMatching(/^cleanup#.$/) } });
  });

  test("is written by a heartbeat with one unit, and in no index", async () => {
    const job = await registered({ labels: { team: "etl", nightly: "true" } });
    const { change } = renewUnseen(job.uid, now + 1000);
    const consumed: unknown[] = [];
    const counting = async (operation: string, input: object) => {
      const result = await table.call(operation, { ...input, ReturnConsumedCapacity: "INDEXES" });
      consumed.push(result.ConsumedCapacity);
      return result;
    };
    const store = dynamoDbJobStore({ call: counting, table: table.table, newWriteId: () => "w" });
    expect(await store.change(uidToKey(job.uid), change ?? never())).toMatchObject({ applied: true });
    expect(consumed).toEqual([expect.objectContaining({ CapacityUnits: 1 })]);
    const bytes = JSON.stringify(await rawItem(job)).length;
    expect(bytes).toBeLessThan(1024 * 1.5);
  });
});

const never = (): never => {
  throw new Error("unexpected");
};
