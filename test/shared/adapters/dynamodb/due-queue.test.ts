import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cleanup } from "../../../../functions/cleanup-stale-jobs/cleanup.ts";
import { sweep } from "../../../../functions/reconcile-cancellations/sweep.ts";
import { dynamoDbDueQueue } from "../../../../shared/adapters/dynamodb/due-queue.ts";
import type { Job } from "../../../../shared/domain/job.ts";
import { uidToKey } from "../../../../shared/domain/job-key.ts";
import type { ActiveJob, DueQueue } from "../../../../shared/ports/due-queue.ts";
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

const times = <T>(count: number, make: (index: number) => T) =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));

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

const putTombstone = ({ uid }: Job) => {
  const tombstone = { trigger: "queue", requestedBy: "ops", requestedAt: now, until: now + 1 } as const;
  return table.jobs.putTombstone(uidToKey(uid), tombstone);
};

const reconcileAt = ({ uid }: Job, at: number) =>
  table.jobs.changeIncarnation(uid, { when: { states: ["running"] }, due: { on: "reconcile", at } });

describe("due", () => {
  test("gives what is due by now, in the order in which it became due", async () => {
    const jobs = await times(30, (i) => registered({ heartbeatAt: now + ((i * 7) % 30) * 1000 }));
    const [other] = jobs;
    if (other) await reconcileAt(other, now);
    await registered({ state: "queued" });
    await putTombstone(aJob());
    const found = await dueQueue.due("cleanup", now + 135_000, 1000);
    const expected = jobs.slice(1).filter(({ dueAt = 0 }) => dueAt <= now + 135_000);
    expect(expected.length).toBeGreaterThan(10);
    const inOrder = expected.toSorted((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
    expect(found).toEqual({ jobs: inOrder, unreadable: 0 });
    expect((await dueQueue.due("reconcile", now, 1000)).jobs).toMatchObject([{ uid: other?.uid }]);
    expect((await dueQueue.due("reconcile", now - 1, 1000)).jobs).toEqual([]);
  });

  test("gives no more than it was asked for, those first that wait longest in their shard", async () => {
    const jobs = await times(40, (i) => registered({ heartbeatAt: now + i }));
    const found = (await dueQueue.due("cleanup", now + 200_000, 8)).jobs;
    expect(found.length).toBeGreaterThan(1);
    expect(found.length).toBeLessThanOrEqual(8);
    expect(found[0]?.uid).toBe(jobs[0]?.uid);
  });

  test("leaves out what the index still has and the table no longer", async () => {
    const job = await registered();
    const call: typeof table.call = async (operation, input) => {
      const result = await table.call(operation, input);
      // As an index does that lags: by now the job is not due any more.
      if (operation === "Query") await reconcileAt(job, now);
      return result;
    };
    const lagging = dynamoDbDueQueue({ call, table: table.table });
    expect(await lagging.due("cleanup", now + 120_000, 10)).toEqual({ jobs: [], unreadable: 0 });
  });

  test.each(["uid", "state", "heartbeatAt", "heartbeatTimeoutSeconds", "graceSeconds", "backend"])(
    "counts an item without %s as unreadable, and a cleanup leaves it as it is",
    async (attribute) => {
      const [broken, whole] = [
        await registered({ maxRuntimeSeconds: 50 }),
        await registered({ maxRuntimeSeconds: 50 }),
      ];
      await mutilate(broken, attribute);
      const before = await toJobItem(broken);
      expect(await dueQueue.due("cleanup", now + 50_000, 10)).toEqual({ jobs: [whole], unreadable: 1 });
      const bundle = inProcessBundle(table);
      bundle.clock.time = now + 50_000;
      const found = await cleanup.run(scheduledRun(bundle.services));
      expect(found).toMatchObject({ seen: 1, unreadable: 1, jobs: [{ uid: whole.uid, result: "cancelled" }] });
      expect(await toJobItem(broken)).toEqual(before);
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
    expect(await toJobItem(broken)).toEqual(before);
    expect(await table.jobs.get(whole.uid)).toMatchObject({ state: "stopping" });
  });
});

describe("activeSince", () => {
  const found = async (service: string, after: number, until: number) => {
    const entries: ActiveJob[] = [];
    for await (const entry of dueQueue.activeSince(service, after, until)) entries.push(entry);
    return entries.sort((a, b) => a.activeSince - b.activeSince);
  };

  test("gives what a selector asks for, of active jobs of this service in this range, its ends included", async () => {
    const jobs = await times(20, (i) => registered({ registeredAt: now + i, labels: { number: String(i) } }));
    await registered({ service: "ges", jobType: "algorithm" });
    const [ended] = jobs.splice(7, 1);
    if (ended) {
      const set = { state: "succeeded", endedAt: now } as const;
      await table.jobs.changeIncarnation(ended.uid, { when: { states: ["running"] }, set });
    }
    const expected = jobs.slice(5, 14).map(({ uid, owner, jobType, labels, registeredAt }) => {
      return { uid, owner, jobType, labels, activeSince: registeredAt };
    });
    expect(await found("dli", now + 5, now + 14)).toEqual(expected);
    expect(await found("ges", 0, now)).toHaveLength(1);
  });

  test("counts from the start of a job once it has started", async () => {
    const { uid } = await registered({ state: "queued" });
    expect(await found("dli", now, now)).toHaveLength(1);
    const set = { state: "running", startedAt: now + 9 } as const;
    await table.jobs.changeIncarnation(uid, { when: { states: ["queued"] }, set });
    expect(await found("dli", now, now + 8)).toEqual([]);
    expect(await found("dli", now, now + 9)).toMatchObject([{ uid, activeSince: now + 9 }]);
  });
});

test("hasActive counts the active jobs of several services, as far as it has to", async () => {
  await times(5, () => registered());
  await registered({ service: "ges", jobType: "algorithm" });
  expect(await dueQueue.hasActive(["dli"], 5)).toBe(true);
  expect(await dueQueue.hasActive(["dli"], 6)).toBe(false);
  expect(await dueQueue.hasActive(["dli", "ges"], 6)).toBe(true);
  expect(await dueQueue.hasActive(["dli", "ges", "dds"], 7)).toBe(false);
  expect(await dueQueue.hasActive([], 0)).toBe(true);
});

describe("read", () => {
  const read = async (uids: readonly string[]) => {
    const { jobs, unreadable } = await dueQueue.read(uids);
    return { jobs: jobs.toSorted((a, b) => a.jobId.localeCompare(b.jobId)), unreadable };
  };

  test("gives jobs as they are now, each once, however many there are", async () => {
    const jobs = await times(120, (i) => registered({ jobId: `read-${String(i).padStart(3, "0")}` }));
    const uids = jobs.map(({ uid }) => uid);
    expect(await read([...uids, ...uids])).toEqual({ jobs, unreadable: 0 });
    expect(await read([])).toEqual({ jobs: [], unreadable: 0 });
  });

  test("leaves out what is gone and whose id another has, and counts what it cannot read", async () => {
    const ended = await registered({ state: "succeeded" });
    const next = await table.jobs.register({ ...ended, state: "running" }, "next");
    const odd = await registered();
    await mutilate(odd, "labels");
    const found = await read([ended.uid, next.job?.uid ?? "", odd.uid, aJob().uid, "none", ""]);
    expect(found).toEqual({ jobs: [expect.objectContaining({ uid: next.job?.uid })], unreadable: 3 });
  });
});

describe("beginRun", () => {
  const gap = 300_000;

  test("tells since when runs have followed each other", async () => {
    const minute = 60_000;
    expect(await dueQueue.beginRun(now, gap)).toBe(0);
    expect(await dueQueue.beginRun(now + minute, gap)).toBe(0);
    expect(await dueQueue.beginRun(now + minute + gap, gap)).toBe(0);
    expect(await dueQueue.beginRun(now + 2 * minute + gap, gap)).toBe(0);
    const late = now + 2 * minute + 2 * gap + 1;
    expect(await dueQueue.beginRun(late, gap)).toBe(late);
    expect(await dueQueue.beginRun(late + minute, gap)).toBe(late);
  });

  test("takes no schedule for an outage because its runs are rare", async () => {
    const hour = 3_600_000;
    expect(await dueQueue.beginRun(now, gap)).toBe(0);
    // How rare they are is known from the second one on.
    expect(await dueQueue.beginRun(now + hour, gap)).toBe(now + hour);
    expect(await dueQueue.beginRun(now + 2 * hour, gap)).toBe(now + hour);
    expect(await dueQueue.beginRun(now + 4 * hour, gap)).toBe(now + hour);
    expect(await dueQueue.beginRun(now + 11 * hour, gap)).toBe(now + 11 * hour);
  });

  test("remembers the gap although the run that found it broke off", async () => {
    await dueQueue.beginRun(now, gap);
    let calls = 0;
    const call: typeof table.call = (operation, input) =>
      ++calls > 1 ? Promise.reject(new Error("the function ran out of time")) : table.call(operation, input);
    await dynamoDbDueQueue({ call, table: table.table })
      .beginRun(now + 2 * gap, gap)
      .catch(() => {});
    expect(await dueQueue.beginRun(now + 2 * gap + 60_000, gap)).toBeGreaterThanOrEqual(now + 2 * gap);
  });

  test("tells two runs that begin at once of the same gap", async () => {
    await dueQueue.beginRun(now, gap);
    const at = now + 2 * gap;
    let second: number | undefined;
    let calls = 0;
    const call: typeof table.call = async (operation, input) => {
      // The other run comes between the first write of this one and its next.
      if (++calls === 2) second = await dueQueue.beginRun(at, gap);
      return table.call(operation, input);
    };
    expect(await dynamoDbDueQueue({ call, table: table.table }).beginRun(at, gap)).toBe(at);
    expect(second ?? (await dueQueue.beginRun(at, gap))).toBe(at);
  });
});

test("position is where a scan of this name was advanced to last", async () => {
  expect(await dueQueue.position("a")).toBe(0);
  await dueQueue.saveCursors("a", now, now);
  await dueQueue.saveCursors("a", now + 5, now);
  await dueQueue.saveCursors("b", now + 1, now);
  expect([await dueQueue.position("a"), await dueQueue.position("b")]).toEqual([now + 5, now + 1]);
});
