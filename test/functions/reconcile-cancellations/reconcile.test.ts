import type { SQSRecord } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checks } from "../../../functions/reconcile-cancellations/queue.ts";
import { sweep } from "../../../functions/reconcile-cancellations/sweep.ts";
import type { Probe } from "../../../shared/domain/decide-reconcile.ts";
import type { Job } from "../../../shared/domain/job.ts";
import type { Backend } from "../../../shared/ports/backend.ts";
import { StoreUnavailable } from "../../../shared/ports/job-store.ts";
import type { Services } from "../../../shared/ports/services.ts";
import { callJobApi, registerJob, sqlJob, toReceipt } from "../../support/requests/cancel-requests.ts";
import { type InProcessBundle, inProcessBundle } from "../../support/stack/bundle.ts";
import { aJob, now } from "../../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../../support/stack/jobs-table.ts";
import { queueRun, scheduledRun } from "../../support/stack/runs.ts";

let table: JobsTable;
let bundle: InProcessBundle;
beforeEach(async () => {
  table = await startJobsTable();
  bundle = inProcessBundle(table);
});
afterEach(() => table.stop());

/** Told to stop at `now`; its grace period ends after 30 s, its lease after 60 s. */
const stopping = (more: object = {}) =>
  registerJob(bundle, sqlJob, "stopping", { heartbeatTimeoutSeconds: 60, graceSeconds: 30, ...more });

type Instead = Partial<Pick<Services, "jobs" | "events" | "backends">>;

const sweepAt = (seconds: number, instead: Instead = {}) => {
  bundle.clock.time = now + seconds * 1000;
  return sweep.run(scheduledRun({ ...bundle.services, ...instead }));
};

/** Checks what these messages name, and gives the numbers of those that must come again. */
const checkAt = (seconds: number, bodies: readonly string[], instead: Instead = {}) => {
  bundle.clock.time = now + seconds * 1000;
  const records = bodies.map((body, index) => ({ messageId: String(index), body }) as SQSRecord);
  const services = { ...bundle.services, ...instead };
  return checks.settle(records, queueRun(services));
};

const messageFor = (...uids: string[]) => uids.map((uid) => JSON.stringify({ uid }));
const ids = () => bundle.recorded.published.map(({ id }) => id);
const stepsOf = async (uid: string) => ((await toReceipt(bundle, uid)).steps as { step: string }[]).map((s) => s.step);
const heartbeat = (uid: string) => callJobApi(bundle, "POST", `/jobs/${uid}/heartbeat`, {});
const finish = (uid: string, outcome: string) => callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome });
const deaf: Services["events"] = {
  publish: async () => {
    throw new Error("no bus");
  },
};

/** Both ways to the same check. */
const ways: [string, (seconds: number, uid: string) => Promise<unknown>][] = [
  ["the sweep", (seconds) => sweepAt(seconds)],
  ["a message", (seconds, uid) => checkAt(seconds, messageFor(uid))],
];

describe.each(ways)("%s", (_, check) => {
  test("announces the request, and takes the silence of a whole lease for the stop", async () => {
    const { uid } = await stopping();
    await check(1, uid);
    expect(ids()).toEqual([`${uid}/requested`]);
    expect(await table.jobs.get(uid)).toMatchObject({ state: "stopping", dueAt: now + 61_000 });
    await check(61, uid);
    expect(ids()).toEqual([`${uid}/requested`, `${uid}/stopped`]);
    const job = await table.jobs.get(uid);
    expect(job).toMatchObject({ state: "cancelled", cancellation: { evidence: { kind: "lease-expired" } } });
    expect([job?.outbox, job?.dueAt]).toEqual([undefined, undefined]);
    // Nobody has seen when it stopped.
    expect(bundle.recorded.measured.map(({ name }) => name)).not.toContain("TimeToStop");
    expect(bundle.recorded.measured).toContainEqual(
      expect.objectContaining({ name: "Assurance", dimensions: { service: "dli", assurance: "presumed" } }),
    );
  });

  test("flags once a worker that is heard after its grace period, and records that it stopped after all", async () => {
    const { uid } = await stopping();
    bundle.clock.time = now + 31_000;
    await heartbeat(uid);
    for (const seconds of [31, 32, 63, 85]) await check(seconds, uid);
    expect(ids().filter((id) => id.endsWith("/not-stopped"))).toHaveLength(1);
    expect(bundle.recorded.measured.filter(({ name }) => name === "NotStopped")).toHaveLength(1);
    const flagged = await table.jobs.get(uid);
    expect(flagged).toMatchObject({ state: "stopping", cancellation: { outcome: "not-stopped" } });
    expect(flagged?.dueAt).toBeGreaterThan(now + 85_000);
    expect(await toReceipt(bundle, uid)).toMatchObject({ outcome: "not-stopped", verified: false });

    await finish(uid, "cancelled");
    await check(86, uid);
    expect(ids().at(-1)).toBe(`${uid}/stopped`);
    expect(await toReceipt(bundle, uid)).toMatchObject({
      outcome: "stopped",
      assurance: "acknowledged",
    });
    expect(await stepsOf(uid)).toEqual([
      "stop-requested",
      "stop-request-delivered",
      "not-stopped",
      "worker-acknowledged",
    ]);
    expect((await table.jobs.get(uid))?.dueAt).toBeUndefined();
  });
});

describe("a backend with two steps", () => {
  /** Notes for each order the step, and the step that the table had then. */
  const fake = (probe: () => Probe) => {
    const orders: [number, number | undefined][] = [];
    const worker: Backend = {
      escalationSteps: [{ name: "ask" }, { name: "kill", graceSeconds: 10 }],
      stop: async ({ uid }, escalationStep) => {
        orders.push([escalationStep, (await table.jobs.get(uid))?.cancellation?.escalation?.step]);
        return { kind: "accepted" };
      },
      probe: async () => probe(),
    };
    return { orders, backends: { worker } };
  };
  const lasting = { heartbeatTimeoutSeconds: 3600 };

  test("is asked step by step, each only after it is on record, and flagged after the last", async () => {
    const { uid } = await stopping(lasting);
    const { orders, backends } = fake(() => ({ kind: "alive" }));
    await sweepAt(1, { backends });
    expect(orders).toEqual([[0, undefined]]);
    await sweepAt(30, { backends });
    expect(orders.slice(1)).toEqual([[1, 1]]);
    expect(await table.jobs.get(uid)).toMatchObject({
      cancellation: { escalation: { step: 1, deadline: now + 40_000 } },
    });
    await sweepAt(40, { backends });
    expect(orders.map(([step]) => step)).toEqual([0, 1, 1]);
    expect(await stepsOf(uid)).toEqual(["stop-requested", "escalated", "not-stopped"]);
  });

  test("is not asked for a step whose write failed", async () => {
    await stopping(lasting);
    const { orders, backends } = fake(() => ({ kind: "alive" }));
    await sweepAt(1, { backends });
    const changeIncarnation = async () => Promise.reject(new StoreUnavailable("down"));
    expect(await sweepAt(30, { backends, jobs: { ...table.jobs, changeIncarnation } })).toMatchObject({ failed: 1 });
    expect(orders).toEqual([[0, undefined]]);
  });

  test("ends the cancellation by what it says", async () => {
    const { uid } = await stopping(lasting);
    const evidence = { kind: "provider-reported", witness: "the backend", detail: "the cluster says KILLED" } as const;
    await sweepAt(
      5,
      fake(() => ({ kind: "stopped", state: "cancelled", evidence })),
    );
    expect(await toReceipt(bundle, uid)).toMatchObject({
      outcome: "stopped",
      assurance: "reported",
      verified: false,
      evidence,
      timeToStopMs: 5000,
    });
    expect(ids().toSorted()).toEqual([`${uid}/requested`, `${uid}/stopped`]);
  });

  test("that cannot be asked says nothing", async () => {
    const { uid } = await stopping(lasting);
    const { backends } = fake(() => {
      throw new Error("no route to host");
    });
    expect(await sweepAt(1, { backends })).toMatchObject({ checked: 1, failed: 0 });
    expect(await table.jobs.get(uid)).toMatchObject({ state: "stopping", dueAt: now + 2000 });
  });
});

describe("what is not told yet", () => {
  test("is told with the same id when the bus is there again", async () => {
    const { uid } = await stopping();
    await finish(uid, "cancelled");
    await sweepAt(1, { events: deaf });
    expect(await table.jobs.get(uid)).toMatchObject({ outbox: ["requested", "stopped"], dueAt: now + 61_000 });
    await sweepAt(61);
    expect(ids().toSorted()).toEqual([`${uid}/requested`, `${uid}/stopped`]);
    expect(await table.jobs.get(uid)).not.toHaveProperty("outbox");
  });

  test("stays where the bus took only some", async () => {
    const { uid } = await stopping();
    await finish(uid, "cancelled");
    await sweepAt(1, { events: { publish: async () => new Set([`${uid}/requested`]) } });
    expect(await table.jobs.get(uid)).toMatchObject({ outbox: ["stopped"], dueAt: now + 61_000 });
  });

  test("is told again with the same id after a crash between the bus and the table", async () => {
    const { uid } = await stopping();
    await finish(uid, "succeeded");
    const changeIncarnation = async () => Promise.reject(new StoreUnavailable("down"));
    expect(await sweepAt(1, { jobs: { ...table.jobs, changeIncarnation } })).toEqual({
      checked: 1,
      failed: 1,
      unreadable: 0,
    });
    await sweepAt(2);
    const each = [`${uid}/completed-first`, `${uid}/requested`];
    expect(ids().toSorted()).toEqual([...each, ...each].toSorted());
    await sweepAt(3);
    expect(ids()).toHaveLength(4);
  });

  test("is told of an incarnation in whose place there is another", async () => {
    const { uid, jobId } = await stopping();
    await finish(uid, "cancelled");
    const { service, scope, jobType } = sqlJob;
    const again = await callJobApi(bundle, "POST", "/jobs", { service, scope, jobType, jobId, state: "running" });
    expect(again.status).toBe(201);
    await sweepAt(1);
    expect(ids().toSorted()).toEqual([`${uid}/requested`, `${uid}/stopped`]);
    const ended = await table.jobs.get(uid);
    expect([ended?.outbox, ended?.dueAt]).toEqual([undefined, undefined]);
    expect(await table.jobs.get(String(again.body.uid))).toMatchObject({ state: "running" });
  });
});

describe("messages", () => {
  test("that name no job are done with", async () => {
    const bodies = ["", "{", "null", "[]", "7", "{}", '{"uid":7}', '{"uid":"x"}', ...messageFor(aJob().uid)];
    expect(await checkAt(1, bodies)).toEqual([]);
    expect(bundle.recorded.published).toEqual([]);
  });

  test("that come early, or twice, change nothing, and ask for nothing", async () => {
    const { uid } = await stopping();
    await checkAt(1, messageFor(uid, uid));
    const [before, asked] = [await table.jobs.get(uid), bundle.recorded.asked.length];
    expect(bundle.recorded.asked.at(-1)).toEqual({ uid, delaySeconds: 60 });
    expect(await checkAt(2, messageFor(uid))).toEqual([]);
    expect(await table.jobs.get(uid)).toEqual(before);
    expect(bundle.recorded.asked).toHaveLength(asked);
    expect(ids()).toEqual([`${uid}/requested`]);
  });

  test("that name a running job leave it on its own list", async () => {
    const job: Job = aJob();
    await table.jobs.register(job, job.uid);
    expect(await checkAt(100_000, messageFor(job.uid))).toEqual([]);
    await sweepAt(100_000);
    expect(await table.jobs.get(job.uid)).toEqual(job);
  });

  test("come again where their job could not be read or written", async () => {
    const [first, second, third] = [await stopping(), await stopping(), await stopping()];
    const down = async () => Promise.reject(new StoreUnavailable("down"));
    const jobs: Services["jobs"] = {
      ...table.jobs,
      get: (uid) => (uid === first.uid ? down() : table.jobs.get(uid)),
      changeIncarnation: (uid, change) => (uid === second.uid ? down() : table.jobs.changeIncarnation(uid, change)),
    };
    expect(await checkAt(1, messageFor(first.uid, second.uid, third.uid), { jobs })).toEqual(["0", "1"]);
    expect(await checkAt(2, messageFor(first.uid, second.uid))).toEqual([]);
  });
});
