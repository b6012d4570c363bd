import type { SQSRecord } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cleanup } from "../../../../functions/cleanup-stale-jobs/cleanup.ts";
import { checks } from "../../../../functions/reconcile-cancellations/queue.ts";
import { sweep } from "../../../../functions/reconcile-cancellations/sweep.ts";
import type { Job } from "../../../../shared/domain/job.ts";
import { uidToKey } from "../../../../shared/domain/job-key.ts";
import { config, inProcessBundle } from "../../../support/stack/bundle.ts";
import { now } from "../../../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../../../support/stack/jobs-table.ts";
import { queueRun, scheduledRun } from "../../../support/stack/runs.ts";
import { standingJobs } from "../../../support/stack/standing-jobs.ts";

let table: JobsTable;
beforeEach(async () => {
  table = await startJobsTable();
});
afterEach(() => table.stop());

const { registered, stopping, stopped } = standingJobs(() => table.jobs);

const addressOf = ({ uid }: Job) => ({
  TableName: table.table,
  Key: { pk: { S: uidToKey(uid) }, sk: { S: "current" } },
});

const toJobItem = async (job: Job) => (await table.call("GetItem", addressOf(job))).Item;

/** Puts something else in the place of an attribute, or takes the attribute away. Gives the item as it is then. */
const mutilate = async (job: Job, attribute: string, value?: object) => {
  await table.call("UpdateItem", {
    ...addressOf(job),
    UpdateExpression: value ? "SET #attribute = :value" : "REMOVE #attribute",
    ExpressionAttributeNames: { "#attribute": attribute },
    ...(value && { ExpressionAttributeValues: { ":value": value } }),
  });
  return toJobItem(job);
};

const bundleAt = (seconds: number, document = config) => {
  const bundle = inProcessBundle(table, document);
  bundle.clock.time = now + seconds * 1000;
  return bundle;
};

const text = { S: "soon" };
const nothing = { NULL: true };

const mutilations: readonly { readonly attribute: string; readonly value?: object }[] = [
  { attribute: "uid" },
  // Of a later version, whose items may mean something else.
  { attribute: "v", value: { N: "2" } },
  { attribute: "service" },
  { attribute: "owner" },
  { attribute: "jobId" },
  { attribute: "jobType" },
  { attribute: "state" },
  { attribute: "state", value: text },
  { attribute: "backend" },
  { attribute: "backend", value: { M: { kind: text } } },
  { attribute: "backend", value: nothing },
  { attribute: "labels" },
  { attribute: "labels", value: nothing },
  { attribute: "labels", value: text },
  { attribute: "registeredAt" },
  { attribute: "heartbeatAt" },
  { attribute: "heartbeatAt", value: text },
  { attribute: "heartbeatTimeoutSeconds" },
  { attribute: "graceSeconds" },
  { attribute: "startedAt", value: text },
  { attribute: "maxRuntimeSeconds", value: text },
  { attribute: "outbox", value: { N: "1" } },
];

/** What nobody can deal with is put off, and otherwise left as it is. */
const withoutDue = (item: unknown) => {
  const { dueAt, putOffs, write, ...rest } = item as Record<string, unknown>;
  return rest;
};

describe.each(mutilations)("an item whose $attribute is $value", ({ attribute, value }) => {
  test("is counted, never returned, and keeps no other from being found", async () => {
    const [broken, whole] = [await registered(), await registered()];
    await mutilate(broken, attribute, value);
    expect(await table.dueQueue.due("cleanup", now + 120_000, 100)).toMatchObject({
      jobs: [whole],
      unreadable: [expect.any(String)],
    });
  });

  test("is left as it is by a cleanup, which does its work on all others", async () => {
    const [broken, whole] = [await registered(), await registered()];
    const before = await mutilate(broken, attribute, value);
    expect(await cleanup.run(scheduledRun(bundleAt(120).services))).toMatchObject({
      unreadable: 1,
      jobs: [{ uid: whole.uid }],
    });
    expect(await table.jobs.get(whole.uid)).toMatchObject({ state: "stopping" });
    expect(withoutDue(await toJobItem(broken))).toEqual(withoutDue(before));
  });
});

/** Selects by a label: its scan reads the entries of the index first, which are no more whole than their items. */
const oldOnes = {
  name: "old",
  maxRuntimeSeconds: 50,
  selector: { labels: { team: "etl" } },
  action: "cancel",
} as const;
const scanning = { ...config, cleanup: { policies: [oldOnes] } };

test.each([
  { attribute: "uid", unreadable: 1 },
  { attribute: "uid", value: text, unreadable: 1 },
  { attribute: "service", value: text, unreadable: 1 },
  { attribute: "maxRuntimeSeconds", value: text, unreadable: 1 },
  // Nobody can say whether the policy is for it: it is counted once its lease is over.
  { attribute: "labels", value: nothing, unreadable: 0 },
])("an item whose $attribute is $value stops no policy's scan", async ({ attribute, value, unreadable }) => {
  const [broken, whole] = [await registered(oldOnes.selector), await registered(oldOnes.selector)];
  const before = await mutilate(broken, attribute, value);
  expect(await cleanup.run(scheduledRun(bundleAt(55, scanning).services))).toMatchObject({
    unreadable,
    jobs: [{ uid: whole.uid }],
  });
  expect(await table.jobs.get(whole.uid)).toMatchObject({ state: "stopping" });
  expect(withoutDue(await toJobItem(broken))).toEqual(withoutDue(before));
});

test("a job of a service that nobody knows is counted by a cleanup, and left as it is", async () => {
  const [broken, whole] = [await registered({ service: "abacus" }), await registered()];
  const before = await toJobItem(broken);
  expect(await cleanup.run(scheduledRun(bundleAt(120).services))).toMatchObject({
    unreadable: 1,
    jobs: [{ uid: whole.uid }],
  });
  expect(withoutDue(await toJobItem(broken))).toEqual(withoutDue(before));
});

test("a number that is none of ours keeps no job from being found", async () => {
  const jobs = [await registered(), await registered()] as const;
  await mutilate(jobs[0], "endedAt", { N: "12345678901234567890.5" });
  const { jobs: found } = await table.dueQueue.due("cleanup", now + 120_000, 100);
  expect(found.map(({ uid }) => uid).sort()).toEqual(jobs.map(({ uid }) => uid).sort());
});

describe("a cancellation", () => {
  /** What a sweep counts, and what a message that names the job comes back with. */
  const reconcile = async (...jobs: readonly Job[]) => {
    const { services, recorded } = bundleAt(61);
    const records = jobs.map(({ uid }) => ({ messageId: uid, body: JSON.stringify({ uid }) }) as SQSRecord);
    const again = await checks.settle(records, queueRun(services));
    return {
      again,
      swept: await sweep.run(scheduledRun(services)),
      published: recorded.published.map(({ subject }) => subject),
    };
  };

  test.each([
    { attribute: "graceSeconds" },
    { attribute: "heartbeatAt", value: text },
    { attribute: "backend", value: nothing },
    { attribute: "cancellation", value: { M: {} } },
    { attribute: "outbox", value: { N: "1" } },
  ])("whose $attribute is $value is counted and left as it is, and the others end", async ({ attribute, value }) => {
    const [broken, whole] = [await stopping(), await stopping()];
    const before = await mutilate(broken, attribute, value);
    const { again, swept, published } = await reconcile(broken, whole);
    expect([again, swept]).toEqual([[broken.uid], { checked: 0, failed: 0, unreadable: 1 }]);
    expect(new Set(published)).toEqual(new Set([whole.uid]));
    expect(await table.jobs.get(whole.uid)).toMatchObject({ state: "cancelled" });
    expect(withoutDue(await toJobItem(broken))).toEqual(withoutDue(before));
  });

  test("that cannot be put into words keeps no other from being told", async () => {
    const [broken, whole] = [await stopped(), await stopped()];
    const before = await mutilate(broken, "cancellation", { M: { requestedAt: { N: String(now) } } });
    const { again, swept, published } = await reconcile(broken, whole);
    expect([again, swept]).toEqual([[broken.uid], { checked: 1, failed: 1, unreadable: 0 }]);
    expect(new Set(published)).toEqual(new Set([whole.uid]));
    expect(withoutDue(await toJobItem(broken))).toEqual(withoutDue(before));
  });
});
