import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { jsonClient } from "../../../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbDueQueue } from "../../../../shared/adapters/dynamodb/due-queue.ts";
import { dynamoDb } from "../../../../shared/adapters/dynamodb/table-call.ts";
import { backendKinds } from "../../../../shared/backends/registry.ts";
import type { Job } from "../../../../shared/domain/job.ts";
import { uidToKey } from "../../../../shared/domain/job-key.ts";
import type { ActiveJob } from "../../../../shared/ports/due-queue.ts";
import { StoreThrottled, StoreUnavailable } from "../../../../shared/ports/job-store.ts";
import { startFaultyProxy } from "../../../support/stack/faulty-proxy.ts";
import { now } from "../../../support/stack/jobs.ts";
import { atOnce, type JobsTable, localAws, startJobsTable } from "../../../support/stack/jobs-table.ts";
import { standingJobs } from "../../../support/stack/standing-jobs.ts";

// What the due queues ask of the table, and what they make of answers that come in parts or not at all.

let table: JobsTable;
let proxy: Awaited<ReturnType<typeof startFaultyProxy>>;
beforeEach(async () => {
  table = await startJobsTable();
  proxy = await startFaultyProxy(table.endpoint);
});
afterEach(async () => {
  proxy.stop();
  await table.stop();
});

const { registered } = standingJobs(() => table.jobs);

const times = <T>(count: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));

type Input = Record<string, unknown>;

/** Due queues whose calls are noted, and changed on their way if the test wants. */
const observed = (change: (operation: string, input: Input) => Input = (_, input) => input) => {
  const calls: { operation: string; input: Input; count: number }[] = [];
  const call = async (operation: string, given: object) => {
    const input = change(operation, given as Input);
    const result = await table.call(operation, input);
    calls.push({ operation, input, count: Number(result.Count ?? 0) });
    return result;
  };
  return { calls, dueQueue: dynamoDbDueQueue({ call, table: table.table, backendKinds, wait: atOnce }) };
};

/** As a table answers whose pages are full after two items. */
const inPagesOfTwo = (operation: string, input: Input) => (operation === "Query" ? { ...input, Limit: 2 } : input);

const keysOf = ({ input }: { input: Input }) =>
  (input.RequestItems as Record<string, { Keys: unknown[] }>)[table.table]?.Keys ?? [];

describe("hasActive", () => {
  test("reads no more entries than it was asked about, wherever they are", async () => {
    const service = "counted";
    await times(60, () => registered({ service }));
    for (const [atLeast, expected] of [
      [1, true],
      [20, true],
      [60, true],
      [61, false],
    ] as const) {
      const { calls, dueQueue } = observed();
      expect(await dueQueue.hasActive([service], atLeast)).toBe(expected);
      const read = calls.reduce((sum, { count }) => sum + count, 0);
      expect(read).toBe(Math.min(atLeast, 60));
    }
  });

  test("asks for nothing where nothing is enough, and in one query for each shard at most", async () => {
    const { calls, dueQueue } = observed();
    expect(await dueQueue.hasActive(["none"], 0)).toBe(true);
    expect(calls).toEqual([]);
    expect(await dueQueue.hasActive(["none"], 1)).toBe(false);
    // Those that are to stop count as well.
    expect(calls).toHaveLength(64);
  });

  test("counts across pages", async () => {
    const service = "paged-count";
    await times(40, () => registered({ service }));
    const { dueQueue } = observed(inPagesOfTwo);
    expect(await dueQueue.hasActive([service], 40)).toBe(true);
    expect(await dueQueue.hasActive([service], 41)).toBe(false);
  });
});

describe("activeSince", () => {
  test("goes through all pages of all shards, oldest first in each", async () => {
    const service = "paged";
    const jobs = await times(50, (i) => registered({ service, registeredAt: now + i }));
    const { dueQueue, calls } = observed(inPagesOfTwo);
    const found: ActiveJob[] = [];
    for await (const entry of dueQueue.activeSince(service, 0, now + 100)) found.push(entry);
    expect(found.map(({ uid }) => uid).sort()).toEqual(jobs.map(({ uid }) => uid).sort());
    expect(calls.length).toBeGreaterThanOrEqual(25);
    // A shard ends where time goes back.
    const turns = found.filter(({ activeSince }, i) => activeSince < (found[i - 1]?.activeSince ?? 0));
    expect(turns.length).toBeLessThan(32);
  });

  test("reads no page that nobody asks for", async () => {
    const service = "left-early";
    await times(20, () => registered({ service }));
    const { dueQueue, calls } = observed(inPagesOfTwo);
    for await (const { activeSince } of dueQueue.activeSince(service, 0, now)) {
      expect(activeSince).toBe(now);
      break;
    }
    const withItems = calls.filter(({ count }) => count > 0);
    expect(withItems).toHaveLength(1);
  });
});

describe("due", () => {
  const dueUids = (jobs: readonly Job[]) => jobs.map(({ uid }) => uid).sort();

  test("reads items a hundred at a time, whatever the pages of the index", async () => {
    const jobs = await times(130, (i) => registered({ heartbeatAt: now - 1_000_000 + i }));
    const { dueQueue, calls } = observed(inPagesOfTwo);
    const found = await dueQueue.due("cleanup", now, 5000);
    expect(dueUids(found.jobs)).toEqual(dueUids(jobs));
    const reads = calls.filter(({ operation }) => operation === "BatchGetItem");
    expect(reads.map((read) => keysOf(read).length)).toEqual([100, 30]);
    for (const { input } of reads)
      expect(input.RequestItems).toMatchObject({ [table.table]: { ConsistentRead: true } });

    const few = observed(inPagesOfTwo);
    // A page may be of two entries where one more of a shard is wanted.
    expect((await few.dueQueue.due("cleanup", now, 24)).jobs).toHaveLength(24);
    const queried = few.calls
      .filter(({ operation }) => operation === "Query")
      .reduce((sum, { count }) => sum + count, 0);
    expect(queried).toBeLessThanOrEqual(64);
  });

  /** Leaves all keys but the first ones unprocessed, as a table does that has no more to give. */
  const stingy = (most: number) => {
    const asked: number[] = [];
    const call = async (operation: string, input: object) => {
      if (operation !== "BatchGetItem") return table.call(operation, input);
      const keys = keysOf({ input: input as Input });
      asked.push(keys.length);
      const request = (some: unknown[]) => ({ [table.table]: { Keys: some, ConsistentRead: true } });
      if (most === 0) return { Responses: {}, UnprocessedKeys: request(keys) };
      const result = await table.call(operation, { RequestItems: request(keys.slice(0, most)) });
      return keys.length > most ? { ...result, UnprocessedKeys: request(keys.slice(most)) } : result;
    };
    return { asked, dueQueue: dynamoDbDueQueue({ call, table: table.table, backendKinds, wait: atOnce }) };
  };

  test("asks again for keys that the table left, and gives up in words of the store", async () => {
    const jobs = await times(5, (i) => registered({ heartbeatAt: now - 2_000_000 + i }));
    const patient = stingy(2);
    const at = now - 2_000_000 + 120_004;
    expect(dueUids((await patient.dueQueue.due("cleanup", at, 5000)).jobs)).toEqual(dueUids(jobs));
    expect(patient.asked).toEqual([5, 3, 1]);
    const hopeless = stingy(0);
    const page = await hopeless.dueQueue.due("cleanup", at, 5000);
    expect(page).toMatchObject({ jobs: [], unreadable: [], failures: [expect.any(StoreThrottled)] });
    expect(hopeless.asked).toEqual([5, 5, 5, 5, 5, 5]);
  });

  test("finds the job behind an entry of an incarnation whose place another has taken", async () => {
    const { stopped, registeredAgain } = standingJobs(() => table.jobs);
    const first = await stopped();
    const second = await registeredAgain(first);
    const { dueQueue, calls } = observed();
    const { jobs } = await dueQueue.due("reconcile", now + 5, 5000);
    expect(jobs).toEqual([first]);
    expect(calls.flatMap((call) => (call.operation === "BatchGetItem" ? keysOf(call) : []))).toEqual([
      { pk: { S: uidToKey(second.uid) }, sk: { S: first.uid } },
    ]);
  });
});

describe("a table that fails", () => {
  test("is told in words of the store", async () => {
    const dueQueue = dynamoDbDueQueue({
      call: jsonClient(dynamoDb, localAws(proxy.endpoint)),
      table: table.table,
      backendKinds,
      wait: atOnce,
    });
    proxy.next(...Array.from({ length: 15 }, () => "throttle" as const));
    await expect(dueQueue.position("scan")).rejects.toThrow(StoreThrottled);
    proxy.next("fail", "fail", "fail");
    await expect(dueQueue.saveCursors("scan", 1, now)).rejects.toThrow(StoreUnavailable);
  });

  test("does not hide a gap between two runs by losing an answer", async () => {
    const dueQueue = dynamoDbDueQueue({
      call: jsonClient(dynamoDb, localAws(proxy.endpoint)),
      table: table.table,
      backendKinds,
      wait: atOnce,
    });
    const gap = 300_000;
    await dueQueue.beginRun(now, true);
    proxy.next("lose-answer");
    const late = now + 2 * gap;
    expect(await dueQueue.beginRun(late, true)).toEqual([late]);
    expect(await dueQueue.beginRun(late + 60_000, true)).toEqual([late, late + 60_000]);
  });
});

test("a scan is forgotten after a month in which nobody made it", async () => {
  await table.dueQueue.saveCursors("policy", now, now);
  const Key = { pk: { S: "schedule#policy" }, sk: { S: "current" } };
  const { Item } = await table.call("GetItem", { TableName: table.table, Key });
  expect(Item).toMatchObject({ reached: { N: String(now) }, expiresAt: { N: String(now / 1000 + 30 * 86_400) } });
});
