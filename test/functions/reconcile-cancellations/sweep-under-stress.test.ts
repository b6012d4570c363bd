import { describe, expect, test } from "vitest";
import { shards, toDueKey } from "../../../shared/adapters/dynamodb/job-item.ts";
import type { Job } from "../../../shared/domain/job.ts";
import { uidToKey } from "../../../shared/domain/job-key.ts";
import type { Services } from "../../../shared/ports/services.ts";
import { callJobApi, registerJob, sqlJob } from "../../support/requests/cancel-requests.ts";
import { aJob, now } from "../../support/stack/jobs.ts";
import { lasting, type ScheduledRuns, useScheduledRuns } from "../../support/stack/scheduled-runs.ts";
import { standingJobs } from "../../support/stack/standing-jobs.ts";
import { faultyTable, laggingTable } from "../../support/stores/faulty-table.ts";

const { start, table, read } = useScheduledRuns();
const { stopping } = standingJobs(() => table().jobs);

/** Cancellations that a sweep at 61 s ends, since nothing was heard of their workers. */
const silent = async (count: number): Promise<readonly Job[]> => {
  const jobs: Job[] = [];
  for (let i = 0; i < count; i++) jobs.push(await stopping());
  return jobs;
};

const shardOf = ({ uid }: Job) => toDueKey("reconcile", uidToKey(uid));
const statesOf = async (jobs: readonly Job[]) => Promise.all(jobs.map(async (job) => (await read(job))?.state));
const all = (jobs: readonly Job[], state: string) => jobs.map(() => state);
const measuredBy = ({ recorded }: ScheduledRuns, name: string) =>
  recorded.measured.filter((metric) => metric.name === name).map(({ value }) => value);

test("one key that the table leaves for later ends no sweep: all is dealt with", async () => {
  const jobs = await silent(30);
  let left = 3;
  const call = faultyTable(table().call, (operation) =>
    operation === "BatchGetItem" && left-- > 0 ? "unprocessed" : undefined,
  );
  expect(await start({ call }).sweepAt(61)).toEqual({ checked: 30, failed: 0, unreadable: 0 });
  expect(await statesOf(jobs)).toEqual(all(jobs, "cancelled"));
});

test("a hot shard is told of, and costs the others nothing", async () => {
  const jobs = await silent(30);
  const hot = shardOf(jobs[0] as Job);
  const call = faultyTable(table().call, (operation, input) =>
    operation === "Query" && JSON.stringify(input).includes(`"${hot}"`) ? "throttle" : undefined,
  );
  const runs = start({ call });
  await runs.sweepAt(61);
  expect(await statesOf(jobs)).toEqual(jobs.map((job) => (shardOf(job) === hot ? "stopping" : "cancelled")));
  expect(measuredBy(runs, "Throttled")).toEqual([1]);
  expect(runs.logged.join()).toContain("a part of a due queue could not be read");
  await start().sweepAt(121);
  expect(await statesOf(jobs)).toEqual(all(jobs, "cancelled"));
});

describe("what nobody can read", () => {
  /** So many of one shard, that were due first. */
  const poison = async (count: number): Promise<readonly Job[]> => {
    const jobs: Job[] = [];
    while (jobs.length < count) {
      const job = aJob({ state: "stopping" });
      if (shardOf(job) !== `reconcile#${shards[0]}`) continue;
      await table().jobs.register(job, job.uid);
      const when = { states: ["stopping"] } as const;
      await table().jobs.changeIncarnation(job.uid, { when, due: { on: "reconcile", at: now + 1 } });
      const Key = { pk: { S: uidToKey(job.uid) }, sk: { S: "current" } };
      await table().call("UpdateItem", { TableName: table().table, Key, UpdateExpression: "REMOVE heartbeatAt" });
      jobs.push(job);
    }
    return jobs;
  };

  test("stands in nobody's way, is named and counted, and is put off for longer each time", async () => {
    const broken = await poison(110);
    const jobs: Job[] = [];
    while (!jobs.some((job) => shardOf(job) === `reconcile#${shards[0]}`)) jobs.push(...(await silent(1)));
    const runs = start();
    const summary = await runs.sweepAt(61);
    expect(summary).toMatchObject({ failed: 0, unreadable: 110 });
    expect(await statesOf(jobs)).toEqual(all(jobs, "cancelled"));
    expect(measuredBy(runs, "Unreadable").reduce((sum, value) => sum + value)).toBe(110);
    for (const { uid } of broken) expect(runs.logged.join()).toContain(uid);

    expect(await start().sweepAt(100)).toMatchObject({ unreadable: 0 });
    expect(await start().sweepAt(121)).toMatchObject({ unreadable: 110 });
    expect(await start().sweepAt(181)).toMatchObject({ unreadable: 0 });
    expect(await start().sweepAt(241)).toMatchObject({ unreadable: 110 });
  }, 30_000);
});

test("an index that lags ends no sweep before all is dealt with", async () => {
  const jobs = await silent(30);
  const runs = start({ call: laggingTable(table().call) });
  const { dueQueue } = runs.services;
  const due: Services["dueQueue"]["due"] = (queueName, at, _, after) => dueQueue.due(queueName, at, 8, after);
  expect(await runs.sweepAt(61, { dueQueue: { ...dueQueue, due } })).toMatchObject({ checked: 30, failed: 0 });
  expect(await statesOf(jobs)).toEqual(all(jobs, "cancelled"));
});

test("a slow check does not put off a job whose worker was heard meanwhile", async () => {
  const runs = start();
  const { uid } = await registerJob(runs.bundle, sqlJob, "stopping", { graceSeconds: 30, ...lasting });
  // While the events go out, a heartbeat after the deadline says that the work goes on.
  const heard = async () => {
    runs.bundle.clock.time = now + 31_000;
    await callJobApi(runs.bundle, "POST", `/jobs/${uid}/heartbeat`, {});
  };
  const { events } = runs.services;
  const publish: Services["events"]["publish"] = async (some) => {
    await heard();
    return events.publish(some);
  };
  await runs.sweepAt(20, { events: { publish } });
  // The check would have put it off until the lease is over, in a day, or for a quarter of an hour at least.
  expect((await read({ uid }))?.dueAt).toBeLessThanOrEqual(now + 31_000);
  expect((await read({ uid }))?.outbox).toBeUndefined();
  await runs.sweepAt(32);
  expect((await read({ uid }))?.cancellation).toMatchObject({ outcome: "not-stopped" });
});

test("a job that ends while it is checked is told of at the next check, not a quarter of an hour later", async () => {
  const runs = start();
  const { uid } = await registerJob(runs.bundle, sqlJob, "stopping", { graceSeconds: 30, ...lasting });
  const { events } = runs.services;
  const publish: Services["events"]["publish"] = async (some) => {
    await callJobApi(runs.bundle, "POST", `/jobs/${uid}/finish`, { outcome: "cancelled" });
    return events.publish(some);
  };
  await runs.sweepAt(20, { events: { publish } });
  expect(await read({ uid })).toMatchObject({ state: "cancelled", dueAt: now + 20_000 });
  await runs.sweepAt(21);
  expect(runs.recorded.published.map(({ type }) => type)).toContain("dev.standdown.cancellation.stopped.v1");
});

test("what fails again and again is put off for longer and longer, up to a quarter of an hour", async () => {
  const job = await stopping(lasting);
  const Key = { pk: { S: uidToKey(job.uid) }, sk: { S: "current" } };
  await table().call("UpdateItem", {
    TableName: table().table,
    Key,
    // Nobody can put it into words.
    UpdateExpression: "SET cancellation = :broken",
    ExpressionAttributeValues: { ":broken": { M: { requestedAt: { N: String(now) } } } },
  });
  const delays: number[] = [];
  for (const seconds of [61, 600, 4000, 90_000]) {
    expect(await start().sweepAt(seconds)).toMatchObject({ failed: 1 });
    delays.push(((await read(job))?.dueAt ?? 0) - now - seconds * 1000);
  }
  expect(delays).toEqual([30_000, 75_000, 500_000, 900_000]);
});
