import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AwsError, callUntil, jsonClient } from "../../../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbJobStore } from "../../../../shared/adapters/dynamodb/job-store.ts";
import { dynamoDb } from "../../../../shared/adapters/dynamodb/table-call.ts";
import { deadlineIn } from "../../../../shared/concurrency/deadline.ts";
import type { Change } from "../../../../shared/domain/change.ts";
import { decideCancel, decideUnseen } from "../../../../shared/domain/decide-cancel.ts";
import { expire } from "../../../../shared/domain/expiry.ts";
import { jobUid, uidToKey } from "../../../../shared/domain/job-key.ts";
import { type JobStore, StoreThrottled, StoreUnavailable } from "../../../../shared/ports/job-store.ts";
import { type Fault, startFaultyProxy } from "../../../support/stack/faulty-proxy.ts";
import { aJob, now } from "../../../support/stack/jobs.ts";
import { type JobsTable, localAws, startJobsTable } from "../../../support/stack/jobs-table.ts";

let table: JobsTable;
let proxy: Awaited<ReturnType<typeof startFaultyProxy>>;
let jobs: JobStore;

beforeAll(async () => {
  table = await startJobsTable();
  proxy = await startFaultyProxy(table.endpoint);
  const call = jsonClient(dynamoDb, localAws(proxy.endpoint));
  jobs = dynamoDbJobStore({ call, table: table.table, newWriteId: randomUUID });
});
afterAll(async () => {
  proxy.stop();
  await table.stop();
});
beforeEach(() => void proxy.seen.splice(0));

const command = {
  rules: { states: ["queued", "running"], jobTypes: ["QUERY"], residue: [] },
  trigger: "http",
  requestedBy: "ops",
  requestedAt: now,
} as const;

const registered = async () => {
  const job = aJob();
  await jobs.register(job, job.uid);
  proxy.seen.splice(0);
  return job;
};

describe("a write whose answer was lost applies once", () => {
  test("a claim", async () => {
    const job = await registered();
    proxy.next("lose-answer");
    const { change } = decideUnseen(command);
    const written = change && (await jobs.change(uidToKey(job.uid), change));
    expect(written).toMatchObject({ applied: true, job: { state: "stopping", cancellation: { repeats: 0 } } });
    expect(proxy.seen).toHaveLength(2);
  });

  test("a repeat is counted once", async () => {
    const job = await registered();
    const key = uidToKey(job.uid);
    const claim = decideUnseen(command).change;
    const claimed = claim && (await jobs.change(key, claim));
    const { change } = decideCancel(claimed?.job, command, now);
    proxy.next("lose-answer", "lose-answer");
    const written = change && (await jobs.change(key, change));
    expect(written).toMatchObject({ applied: true, job: { cancellation: { repeats: 1 } } });
  });

  test("a registration", async () => {
    const job = aJob();
    proxy.next("lose-answer");
    expect(await jobs.register(job, randomUUID())).toEqual({ registered: true, job });
  });

  test("a registration in place of an ended job", async () => {
    const job = await registered();
    await jobs.change(uidToKey(job.uid), { when: { states: ["running"] }, set: { state: "failed", endedAt: now } });
    proxy.next("none", "lose-answer");
    const next = { ...job, uid: jobUid(now + 1, uidToKey(job.uid)) };
    expect(await jobs.register(next, randomUUID())).toMatchObject({ registered: true, job: { uid: next.uid } });
    expect(await jobs.get(job.uid)).toMatchObject({ uid: job.uid, state: "failed" });
  });

  test("what a job is counted with", async () => {
    const job = aJob({ service: "dds", owner: "counted", counted: true });
    const counted = () => jobs.count({ service: "dds", owner: "counted", endedSince: 0 });
    proxy.next("lose-answer");
    expect(await jobs.register(job, "once")).toEqual({ registered: true, job });
    expect(await counted()).toBe(1);
    // What is refused first is not counted.
    proxy.next("none", "lose-answer");
    const end: Change = { when: { states: ["running"] }, set: { state: "failed", endedAt: now } };
    expect(await jobs.change(uidToKey(job.uid), end)).toMatchObject({ applied: true, job: { state: "failed" } });
    expect(await counted()).toBe(1);
  });

  const tombstone = { ...command, trigger: "queue", until: now + 60_000 } as const;

  test("a tombstone, which nobody takes for another's", async () => {
    const { uid } = aJob();
    const { rules: _, ...given } = tombstone;
    proxy.next("lose-answer");
    expect(await jobs.putTombstone(uidToKey(uid), given)).toBeUndefined();
    expect((await jobs.register({ ...aJob(), uid }, randomUUID())).tombstone).toEqual(given);
  });

  test("a registration in place of an outdated tombstone", async () => {
    const job = aJob({ registeredAt: now + 60_000 });
    const { rules: _, ...given } = tombstone;
    await jobs.putTombstone(uidToKey(job.uid), given);
    proxy.next("lose-answer");
    expect(await jobs.register(job, randomUUID())).toEqual({ registered: true, job });
  });

  test("what was told of an incarnation whose place another has taken", async () => {
    const job = await registered();
    const claimed = await jobs.change(uidToKey(job.uid), decideUnseen(command).change ?? never());
    await jobs.change(uidToKey(job.uid), expire(claimed.job ?? never(), now + 60_000));
    await jobs.register({ ...job, uid: jobUid(now + 1, uidToKey(job.uid)) }, randomUUID());
    // The first write looks for it in the place of the newest.
    proxy.next("none", "lose-answer");
    const told = await jobs.changeIncarnation(job.uid, {
      when: { states: ["cancelled"], outbox: ["requested", "stopped"] },
      announced: ["requested"],
    });
    expect(told).toMatchObject({ applied: true, job: { uid: job.uid, outbox: ["stopped"] } });
    expect(await jobs.get(job.uid)).toEqual(told.job);
  });
});

describe("a store that fails", () => {
  test.each<[Fault, number]>([
    ["throttle", 2],
    ["fail", 2],
    ["drop", 2],
    ["stall", 1],
  ])("is tried again after: %s", async (fault, times) => {
    const job = await registered();
    proxy.next(...Array.from({ length: times }, () => fault));
    expect(await jobs.get(job.uid)).toEqual(job);
    expect(proxy.seen).toHaveLength(times + 1);
  });

  test.each<[Fault, typeof StoreThrottled | typeof StoreUnavailable]>([
    ["throttle", StoreThrottled],
    ["fail", StoreUnavailable],
    ["drop", StoreUnavailable],
  ])("three times is told apart: %s", async (fault, error) => {
    proxy.next(fault, fault, fault);
    await expect(jobs.get(aJob().uid)).rejects.toThrow(error);
    expect(proxy.seen).toHaveLength(3);
  });

  test("takes no more time than the request has, however many calls that makes", async () => {
    proxy.next("stall");
    const call = callUntil(jsonClient(dynamoDb, localAws(proxy.endpoint)), deadlineIn(300));
    const hurried = dynamoDbJobStore({ call, table: table.table, newWriteId: randomUUID });
    // One attempt that lasts for all the time there is, and a call for which none is left.
    await hurried.get(aJob().uid).catch(() => undefined);
    await expect(hurried.get(aJob().uid)).rejects.toThrow(StoreUnavailable);
    expect(proxy.seen).toHaveLength(1);
  });

  test("with an answer that is none is not believed", async () => {
    proxy.next("garbage");
    await expect(jobs.get(aJob().uid)).rejects.toThrow(AwsError);
  });
});

const never = (): never => {
  throw new Error("unexpected");
};
