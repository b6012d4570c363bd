import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AwsCall } from "../../../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbJobStore } from "../../../../shared/adapters/dynamodb/job-store.ts";
import { decideFinish } from "../../../../shared/domain/decide-report.ts";
import type { Job } from "../../../../shared/domain/job.ts";
import { jobUid, uidToKey } from "../../../../shared/domain/job-key.ts";
import { now } from "../../../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../../../support/stack/jobs-table.ts";
import { standingJobs } from "../../../support/stack/standing-jobs.ts";

let table: JobsTable;
beforeAll(async () => {
  table = await startJobsTable();
});
afterAll(() => table.stop());

const { changed, registered, stopping, stopped, registeredAgain } = standingJobs(() => table.jobs);

const toJobItem = async ({ uid }: Job, sk = "current") => {
  const Key = { pk: { S: uidToKey(uid) }, sk: { S: sk } };
  const { Item } = await table.call("GetItem", { TableName: table.table, Key, ConsistentRead: true });
  return Item as Record<string, Record<string, unknown>>;
};

describe("one incarnation", () => {
  test("that changed while its place was being taken keeps that change: nothing is told twice", async () => {
    const first = await stopped();
    const second = { ...first, uid: jobUid(now + 10, uidToKey(first.uid)), state: "running" as const };
    let tries = 0;
    const call: AwsCall = async (operation, input) => {
      if (operation === "TransactWriteItems" && tries++ === 0)
        await changed(first, { when: { states: ["cancelled"] }, announced: ["requested", "stopped"], due: "no-more" });
      return table.call(operation, input);
    };
    const store = dynamoDbJobStore({ call, table: table.table, newWriteId: randomUUID });
    expect(await store.register(second, "second")).toMatchObject({ registered: true, job: { uid: second.uid } });
    expect(tries).toBe(2);
    const { outbox: _, dueAt: __, ...told } = first;
    expect(await table.jobs.get(first.uid)).toEqual(told);
  });
});

describe("the due queues", () => {
  const dueOf = async (job: Job) => {
    const { dueKey, dueAt } = await toJobItem(job);
    return dueKey && dueAt ? [String(dueKey.S).replace(/#.$/, ""), Number(dueAt.N)] : [dueKey, dueAt];
  };

  test("have a running job on cleanup, and from the claim on on reconcile", async () => {
    const job = await registered();
    expect(await dueOf(job)).toEqual(["cleanup", now + 120_000]);
    const claimed = await stopping();
    expect(await dueOf(claimed)).toEqual(["reconcile", now + 1000]);
    expect(claimed.dueAt).toBe(now + 1000);
  });

  test.each(["cleanup", "reconcile"] as const)("take a job onto %s, and from there no more", async (on) => {
    const job = await registered();
    const when = { states: ["running"] } as const;
    expect(await changed(job, { when, due: { on, at: now + 7 } })).toMatchObject({ dueAt: now + 7 });
    expect(await dueOf(job)).toEqual([on, now + 7]);
    expect(await changed(job, { when, due: "no-more" })).not.toHaveProperty("dueAt");
    expect(await dueOf(job)).toEqual([undefined, undefined]);
  });

  test("have none of a job that ended uncancelled, and of one that did until it is said", async () => {
    const ended = await registered();
    await changed(ended, decideFinish(ended, { outcome: "succeeded" }, "worker-1", now + 5).change);
    expect(await dueOf(ended)).toEqual([undefined, undefined]);
    const cancelled = await stopped();
    expect(await dueOf(cancelled)).toEqual(["reconcile", now + 5]);
    const second = await registeredAgain(cancelled);
    const { jobs } = await table.dueQueue.due("reconcile", now + 5, 1000);
    expect(jobs).toContainEqual(cancelled);
    await changed(cancelled, { when: { states: ["cancelled"] }, due: "no-more" });
    expect(await toJobItem(cancelled, cancelled.uid)).not.toHaveProperty("dueKey");
    expect(await dueOf(second)).toEqual(["cleanup", expect.any(Number)]);
  });

  test("have a job that was never started until it waits for too long, and once it is cancelled for its events alone", async () => {
    const job = await registered({ state: "queued" });
    expect(await dueOf(job)).toEqual(["cleanup", now + 14 * 86_400_000]);
    const set = { state: "cancelled", endedAt: now } as const;
    await changed(job, { when: { states: ["queued"] }, set, due: { on: "reconcile", at: now } });
    expect(await dueOf(job)).toEqual(["reconcile", now]);
    expect(await toJobItem(job)).not.toHaveProperty("activeKey");
  });
});
