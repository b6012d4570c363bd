import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AwsError } from "../../../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbJobStore } from "../../../../shared/adapters/dynamodb/job-store.ts";
import type { Job } from "../../../../shared/domain/job.ts";
import { StoreThrottled, StoreUnavailable } from "../../../../shared/ports/job-store.ts";
import { aJob, now } from "../../../support/stack/jobs.ts";
import { atOnce, type JobsTable, startJobsTable } from "../../../support/stack/jobs-table.ts";
import { faultyTable, type TableFault } from "../../../support/stores/faulty-table.ts";

let table: JobsTable;
beforeAll(async () => {
  table = await startJobsTable();
});
afterAll(() => table.stop());

const ended = async (): Promise<Job> => {
  const job = aJob({ state: "succeeded", endedAt: now });
  await table.jobs.register(job, job.uid);
  return job;
};

/** Registers the next incarnation of an ended job, where the first transactions meet a fault. */
const registerAgain = async (fault: TableFault, times: number) => {
  const job = await ended();
  const tried = { transactions: 0, pauses: [] as number[] };
  const call = faultyTable(table.call, (operation) =>
    operation === "TransactWriteItems" && tried.transactions++ < times ? fault : undefined,
  );
  const wait = async (ms: number) => void tried.pauses.push(ms);
  const store = dynamoDbJobStore({ call, table: table.table, newWriteId: () => "w", wait });
  const next = { ...job, state: "running", registeredAt: now + 1 } as const;
  const registered = store.register(next, "next").catch((error: unknown) => error);
  return { result: await registered, tried, newest: async () => table.jobs.get(job.uid) };
};

describe("a transaction that DynamoDB cancels", () => {
  test("for a conflict is tried again after a pause", async () => {
    const { result, tried } = await registerAgain("transaction-conflict", 3);
    expect(result).toMatchObject({ registered: true });
    expect(tried.transactions).toBe(4);
    expect(tried.pauses).toHaveLength(3);
    for (const [turn, ms] of tried.pauses.entries()) expect(ms).toBeLessThanOrEqual(10 * 2 ** turn);
  });

  test("for a conflict each time is given up, after a bounded number of tries", async () => {
    const { result, tried } = await registerAgain("transaction-conflict", Number.POSITIVE_INFINITY);
    expect(result).toBeInstanceOf(StoreUnavailable);
    expect(tried.transactions).toBe(8);
  });

  test("for throttling is told as throttling, at once", async () => {
    const { result, tried } = await registerAgain("transaction-throttled", 1);
    expect(result).toBeInstanceOf(StoreThrottled);
    expect([tried.transactions, tried.pauses]).toEqual([1, []]);
  });

  test("for what no other try will change is told as it is", async () => {
    const { result, tried } = await registerAgain("transaction-invalid", 1);
    expect(result).toMatchObject({ code: "TransactionCanceledException" });
    expect(result).toBeInstanceOf(AwsError);
    expect(tried.transactions).toBe(1);
  });
});

test("two registrations at once make one incarnation", async () => {
  const job = await ended();
  const store = dynamoDbJobStore({ call: table.call, table: table.table, newWriteId: () => "w", wait: atOnce });
  const next = { ...job, state: "running", registeredAt: now + 1 } as const;
  const results = await Promise.all(["a", "b", "c"].map((registration) => store.register(next, registration)));
  expect(results.filter(({ registered }) => registered)).toHaveLength(1);
  expect(new Set(results.map((result) => result.job?.uid)).size).toBe(1);
});
