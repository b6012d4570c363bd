import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dynamoDbLockouts } from "../../../../shared/adapters/dynamodb/auth-store.ts";
import { lockMs, toleratedFailures } from "../../../../shared/domain/lockout-rules.ts";
import { now } from "../../../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../../../support/stack/jobs-table.ts";

let table: JobsTable;
beforeAll(async () => {
  table = await startJobsTable();
});
afterAll(() => table.stop());

const minute = 60_000;

describe("nonces", () => {
  test("are good once for a key", async () => {
    const nonce = randomUUID();
    expect(await table.nonces.use("a", nonce, now)).toBe(true);
    expect(await table.nonces.use("a", nonce, now + 1)).toBe(false);
    expect(await table.nonces.use("b", nonce, now)).toBe(true);
  });

  test("of many at once are good for one", async () => {
    const nonce = randomUUID();
    const uses = await Promise.all(Array.from({ length: 20 }, () => table.nonces.use("a", nonce, now)));
    expect(uses.filter(Boolean)).toHaveLength(1);
  });

  test("are kept for as long as their signature could be used, and may come again after that", async () => {
    const nonce = randomUUID();
    await table.nonces.use("a", nonce, now);
    expect(await table.nonces.use("a", nonce, now + 30 * minute)).toBe(false);
    expect(await table.nonces.use("a", nonce, now + 31 * minute)).toBe(true);
  });
});

describe("lockouts", () => {
  const attempt = () => ({ keyId: randomUUID(), source: "192.0.2.1" });
  const fail = async (key: ReturnType<typeof attempt>, times: number, at = now) => {
    for (let i = 0; i < times; i++) await table.lockouts.failed(key, at);
  };

  test("lock a key after more than five wrong signatures in a row, for five minutes", async () => {
    const key = attempt();
    await fail(key, toleratedFailures);
    expect(await table.lockouts.isLocked(key, now)).toBe(false);
    await fail(key, 1);
    expect(await table.lockouts.isLocked(key, now)).toBe(true);
    expect(await table.lockouts.isLocked(key, now + lockMs - 1)).toBe(true);
    expect(await table.lockouts.isLocked(key, now + lockMs)).toBe(false);
    await fail(key, 1, now + lockMs);
    expect(await table.lockouts.isLocked(key, now + lockMs)).toBe(false);
  });

  test("do not count across a right signature", async () => {
    const key = attempt();
    await fail(key, toleratedFailures);
    await table.lockouts.succeeded(key, now);
    await fail(key, toleratedFailures);
    expect(await table.lockouts.isLocked(key, now)).toBe(false);
  });

  test("hold at the address that the wrong signatures came from, and nowhere else", async () => {
    const key = attempt();
    await fail(key, toleratedFailures + 1);
    expect(await table.lockouts.isLocked({ ...key, source: "192.0.2.2" }, now)).toBe(false);
    expect(await table.lockouts.isLocked({ ...key, keyId: "another" }, now)).toBe(false);
  });

  test("are seen by every environment within seconds", async () => {
    const key = attempt();
    const elsewhere = dynamoDbLockouts(table);
    expect(await elsewhere.isLocked(key, now)).toBe(false);
    await fail(key, toleratedFailures + 1);
    expect(await elsewhere.isLocked(key, now + 5_000)).toBe(true);
  });

  test("cost a key in good order one read in five seconds, and no write", async () => {
    const calls: string[] = [];
    const counting = dynamoDbLockouts({
      table: table.table,
      call: (operation, input) => {
        calls.push(operation);
        return table.call(operation, input);
      },
    });
    const key = attempt();
    for (let i = 0; i < 10; i++) {
      await counting.isLocked(key, now + i * 400);
      await counting.succeeded(key, now + i * 400);
    }
    expect(calls).toEqual(["GetItem"]);
  });
});
