import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AwsCall } from "../../../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbJobStore, jobMemory } from "../../../../shared/adapters/dynamodb/job-store.ts";
import { renewUnseen } from "../../../../shared/domain/decide-report.ts";
import { uidToKey } from "../../../../shared/domain/job-key.ts";
import type { ActiveJob } from "../../../../shared/ports/due-queue.ts";
import { aJob, now } from "../../../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../../../support/stack/jobs-table.ts";

// Labels that would make a job's item larger than one write unit stand apart.

let table: JobsTable;
beforeAll(async () => {
  table = await startJobsTable();
});
afterAll(() => table.stop());

const sixteen = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`label-${i}`, "x".repeat(128)]));

const registered = async (given: Parameters<typeof aJob>[0] = {}) => {
  const job = aJob({ labels: sixteen, ...given });
  await table.jobs.register(job, job.uid);
  return job;
};

/** A store that notes what its calls consume. */
const counting = () => {
  const units: [operation: string, count: number][] = [];
  const call: AwsCall = async (operation, input) => {
    const result = await table.call(operation, { ...input, ReturnConsumedCapacity: "TOTAL" });
    const consumed = [result.ConsumedCapacity].flat() as { CapacityUnits: number }[];
    units.push([operation, consumed.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0)]);
    return result;
  };
  const store = dynamoDbJobStore({ call, table: table.table, newWriteId: randomUUID }, jobMemory());
  return { units, store };
};

test("a heartbeat of a job with sixteen labels is one write of one unit, and reads nothing", async () => {
  const job = await registered();
  const { units, store } = counting();
  await store.ownership(job.uid, () => true);
  units.length = 0;
  const { change } = renewUnseen(job.uid, now + 1000);
  if (change === undefined) throw new Error("a heartbeat writes");
  expect(await store.changeIncarnation(job.uid, change)).toMatchObject({ applied: true, job: { labels: sixteen } });
  expect(units).toEqual([["UpdateItem", 1]]);
});

test("a job is read with its labels, by whatever way", async () => {
  const job = await registered({ owner: "labelled" });
  const { jobs, dueQueue } = table;
  expect(await jobs.get(job.uid)).toMatchObject({ labels: sixteen });
  expect(await jobs.newest(uidToKey(job.uid))).toMatchObject({ labels: sixteen });
  expect(await jobs.register(job, job.uid)).toMatchObject({ registered: true, job: { labels: sixteen } });
  expect(await jobs.register(job, "another")).toMatchObject({ registered: false, job: { labels: sixteen } });
  const refused = { when: { states: ["queued"] }, set: { error: "no" } } as const;
  expect(await jobs.changeIncarnation(job.uid, refused)).toMatchObject({ applied: false, job: { labels: sixteen } });
  const keep = () => true;
  const label = { name: "label-3", value: "x".repeat(128) };
  const list = await jobs.list({ services: ["dli"], owner: "labelled", label, limit: 9, keep });
  expect(list.jobs).toMatchObject([{ uid: job.uid, labels: sixteen }]);
  expect((await dueQueue.read([job.uid])).jobs).toMatchObject([{ labels: sixteen }]);
  const { jobs: due } = await dueQueue.due("cleanup", job.dueAt ?? 0, 100);
  expect(due.find(({ uid }) => uid === job.uid)).toMatchObject({ labels: sixteen });
});

test("the next incarnation has labels of its own, and the one before keeps its", async () => {
  const first = await registered();
  const ends = { when: { states: ["running"] }, set: { state: "succeeded", endedAt: now } } as const;
  await table.jobs.changeIncarnation(first.uid, ends);
  const labels = { ...sixteen, "label-0": "y".repeat(128) };
  const { job: second } = await table.jobs.register({ ...first, labels }, "second");
  expect(await table.jobs.get(first.uid)).toMatchObject({ labels: sixteen });
  expect(await table.jobs.get(second?.uid ?? "")).toMatchObject({ labels });
});

test("an index has no labels that stand apart, and says so by leaving them out", async () => {
  const job = await registered({ service: "apart" });
  const few = await registered({ service: "apart", labels: { team: "etl" } });
  const found = new Map<string, ActiveJob["labels"]>();
  for await (const { uid, labels } of table.dueQueue.activeSince("apart", 0, now)) found.set(uid, labels);
  expect(found).toEqual(
    new Map([
      [job.uid, undefined],
      [few.uid, { team: "etl" }],
    ]),
  );
});
