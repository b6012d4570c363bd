import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cleanup } from "../../../../functions/cleanup-stale-jobs/cleanup.ts";
import { sweep } from "../../../../functions/reconcile-cancellations/sweep.ts";
import { dynamoDbDueQueue } from "../../../../shared/adapters/dynamodb/due-queue.ts";
import { backendKinds } from "../../../../shared/backends/registry.ts";
import type { Job } from "../../../../shared/domain/job.ts";
import { uidToKey } from "../../../../shared/domain/job-key.ts";
import type { Listening } from "../../../../shared/domain/listening.ts";
import type { DueQueue } from "../../../../shared/ports/due-queue.ts";
import { config, inProcessBundle } from "../../../support/stack/bundle.ts";
import { aJob, now } from "../../../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../../../support/stack/jobs-table.ts";
import { scheduledRun } from "../../../support/stack/runs.ts";

let table: JobsTable;
let dueQueue: DueQueue;
beforeEach(async () => {
  table = await startJobsTable();
  dueQueue = table.dueQueue;
});
afterEach(() => table.stop());

const registered = async (given: Partial<Job> = {}) => {
  const job = aJob(given);
  await table.jobs.register(job, job.uid);
  return job;
};

/** Takes an attribute away that no item of ours lacks. */
const mutilate = ({ uid }: Job, attribute: string) =>
  table.call("UpdateItem", {
    TableName: table.table,
    Key: { pk: { S: uidToKey(uid) }, sk: { S: "current" } },
    UpdateExpression: "REMOVE #attribute",
    ExpressionAttributeNames: { "#attribute": attribute },
  });

const toJobItem = async ({ uid }: Job) => {
  const Key = { pk: { S: uidToKey(uid) }, sk: { S: "current" } };
  return (await table.call("GetItem", { TableName: table.table, Key })).Item;
};

const withoutDue = (item: unknown) => {
  const { dueAt, putOffs, ...rest } = item as Record<string, unknown>;
  return rest;
};

const reconcileAt = ({ uid }: Job, at: number) =>
  table.jobs.changeIncarnation(uid, { when: { states: ["running"] }, due: { on: "reconcile", at } });

describe("due", () => {
  test("leaves out what the index still has and the table no longer", async () => {
    const job = await registered();
    const call: typeof table.call = async (operation, input) => {
      const result = await table.call(operation, input);
      // As an index does that lags: by now the job is not due any more.
      if (operation === "Query") await reconcileAt(job, now);
      return result;
    };
    const lagging = dynamoDbDueQueue({ call, table: table.table, backendKinds });
    expect(await lagging.due("cleanup", now + 120_000, 1000)).toMatchObject({ jobs: [], unreadable: [] });
  });

  test.each(["uid", "state", "heartbeatAt", "heartbeatTimeoutSeconds", "graceSeconds", "backend"])(
    "names an item without %s as unreadable, and a cleanup changes nothing but when it is due",
    async (attribute) => {
      const [broken, whole] = [
        await registered({ maxRuntimeSeconds: 50 }),
        await registered({ maxRuntimeSeconds: 50 }),
      ];
      await mutilate(broken, attribute);
      const before = await toJobItem(broken);
      expect(await dueQueue.due("cleanup", now + 50_000, 1000)).toMatchObject({
        jobs: [whole],
        unreadable: [attribute === "uid" ? `the item ${uidToKey(broken.uid)}` : broken.uid],
      });
      // It was put off: a minute later it is in front once more, and put off for longer.
      expect(await dueQueue.due("cleanup", now + 50_000, 1000)).toMatchObject({ unreadable: [] });
      const bundle = inProcessBundle(table);
      bundle.clock.time = now + 110_000;
      const found = await cleanup.run(scheduledRun(bundle.services));
      expect(found).toMatchObject({ seen: 1, unreadable: 1, jobs: [{ uid: whole.uid, result: "cancelled" }] });
      expect(withoutDue(await toJobItem(broken))).toEqual(withoutDue(before));
      expect(await toJobItem(broken)).toMatchObject({ dueAt: { N: String(now + 230_000) } });
    },
  );

  test("a sweep does not turn round and round an item without a cancellation", async () => {
    await reconcileAt(await registered(), now);
    let rounds = 0;
    const due: DueQueue["due"] = (...asked) => {
      if (++rounds > 5) throw new Error("it goes round in circles");
      return dueQueue.due(...asked);
    };
    await sweep.run(scheduledRun({ ...inProcessBundle(table).services, dueQueue: { ...dueQueue, due } }));
  });

  const old = { name: "old", maxRuntimeSeconds: 50, action: "cancel" } as const;

  test.each([
    ["backend", old],
    ["heartbeatAt", old],
    ["labels", { ...old, selector: { labels: { team: "etl" } } }],
  ])("an item without %s is left as it is by a policy that scans", async (attribute, policy) => {
    const broken = await registered({ labels: { team: "etl" } });
    const whole = await registered({ labels: { team: "etl" } });
    await mutilate(broken, attribute);
    const before = await toJobItem(broken);
    const bundle = inProcessBundle(table, { ...config, cleanup: { policies: [policy] } });
    bundle.clock.time = now + 200_000;
    await cleanup.run(scheduledRun(bundle.services));
    expect(withoutDue(await toJobItem(broken))).toEqual(withoutDue(before));
    expect(await table.jobs.get(whole.uid)).toMatchObject({ state: "stopping" });
  });
});

describe("read", () => {
  const read = async (uids: readonly string[]) => {
    const { jobs, unreadable } = await dueQueue.read(uids);
    return { jobs: jobs.toSorted((a, b) => a.jobId.localeCompare(b.jobId)), unreadable };
  };

  test("leaves out what is gone and whose id another has, and counts what it cannot read", async () => {
    const ended = await registered({ state: "succeeded" });
    const next = await table.jobs.register({ ...ended, state: "running" }, "next");
    const odd = await registered();
    await mutilate(odd, "labels");
    const found = await read([ended.uid, next.job?.uid ?? "", odd.uid, aJob().uid, "none", ""]);
    expect(found).toEqual({
      jobs: [expect.objectContaining({ uid: next.job?.uid })],
      unreadable: [odd.uid, "none", ""],
    });
  });
});

describe("beginRun", () => {
  const gap = 300_000;

  test("remembers the gap although the run that found it broke off", async () => {
    await dueQueue.beginRun(now, true);
    let calls = 0;
    const call: typeof table.call = (operation, input) =>
      ++calls > 1 ? Promise.reject(new Error("the function ran out of time")) : table.call(operation, input);
    await dynamoDbDueQueue({ call, table: table.table, backendKinds })
      .beginRun(now + 2 * gap, true)
      .catch(() => {});
    const next = now + 2 * gap + 60_000;
    expect(await dueQueue.beginRun(next, true)).toEqual([next]);
  });

  test("tells two runs that begin at once of the same gap", async () => {
    await dueQueue.beginRun(now, true);
    const at = now + 2 * gap;
    let second: Listening | undefined;
    let calls = 0;
    const call: typeof table.call = async (operation, input) => {
      // The other run comes between the first write of this one and its next.
      if (++calls === 2) second = await dueQueue.beginRun(at, true);
      return table.call(operation, input);
    };
    expect(await dynamoDbDueQueue({ call, table: table.table, backendKinds }).beginRun(at, true)).toEqual([at]);
    expect(second).toEqual([at]);
  });
});
