import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cleanup } from "../../../functions/cleanup-stale-jobs/cleanup.ts";
import { workerBackend } from "../../../shared/backends/worker/backend.ts";
import type { ConfigDocument } from "../../../shared/config/document-schema.ts";
import type { Job } from "../../../shared/domain/job.ts";
import { uidToKey } from "../../../shared/domain/job-key.ts";
import type { Services } from "../../../shared/ports/services.ts";
import { callJobApi, toReceipt } from "../../support/requests/cancel-requests.ts";
import { config, inProcessBundle } from "../../support/stack/bundle.ts";
import { aJob, now } from "../../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../../support/stack/jobs-table.ts";
import { scheduledRun } from "../../support/stack/runs.ts";

type Policies = NonNullable<NonNullable<ConfigDocument["cleanup"]>["policies"]>;

let table: JobsTable;
beforeEach(async () => {
  table = await startJobsTable();
});
afterEach(() => table.stop());

/** The functions with these policies; `run` starts the cleanup so many seconds after the jobs were registered. */
const world = (policies: Policies = [], principals = config.principals) => {
  const bundle = inProcessBundle(table, { principals, cleanup: { policies } });
  const run = (seconds: number, instead: Partial<Services> = {}) => {
    bundle.clock.time = now + seconds * 1000;
    return cleanup.run(scheduledRun({ ...bundle.services, ...instead }));
  };
  return { ...bundle, bundle, run };
};

const registered = async (given: Partial<Job> = {}) => {
  const job = aJob(given);
  await table.jobs.register(job, job.uid);
  return job;
};

/** Alive for ever, as far as these tests look. */
const patient = { heartbeatTimeoutSeconds: 3600 } as const;
const stateOf = async ({ uid }: Job) => (await table.jobs.get(uid))?.state;
const heartbeatAt = ({ uid }: Job, seconds: number) =>
  table.jobs.change(uidToKey(uid), { when: { states: ["running"] }, set: { heartbeatAt: now + seconds * 1000 } });
const policyIn = (summary: Awaited<ReturnType<typeof cleanup.run>>, name: string) =>
  summary.policies.find((policy) => policy.name === name);

describe("max-runtime", () => {
  test("cancels a job that runs for longer than it said, though it is alive, and never a queued one", async () => {
    const { bundle, run } = world();
    const job = await registered({ maxRuntimeSeconds: 100 });
    // Nor is its silence a sign of anything.
    const waiting = await registered({ state: "queued", maxRuntimeSeconds: 10, heartbeatTimeoutSeconds: 10 });
    await heartbeatAt(job, 99);
    expect(policyIn(await run(99), "max-runtime")?.due).toBe(0);
    expect(policyIn(await run(100), "max-runtime")).toMatchObject({ due: 1, cancelled: 1, spared: {}, tripped: null });
    expect([await stateOf(job), await stateOf(waiting)]).toEqual(["stopping", "queued"]);
    expect(await toReceipt(bundle, job.uid)).toMatchObject({
      trigger: "schedule",
      requestedBy: "events",
      reason: "policy:max-runtime",
      repeats: 0,
    });
    expect(bundle.recorded.asked).toEqual([{ uid: job.uid, delaySeconds: 1 }]);
  });

  test("counts from the start, not from the registration", async () => {
    const { run, bundle } = world();
    const job = await registered({ state: "queued", maxRuntimeSeconds: 100, ...patient });
    bundle.clock.time = now + 500_000;
    await callJobApi(bundle, "POST", `/jobs/${job.uid}/heartbeat`, { state: "running" });
    await run(599);
    expect(await stateOf(job)).toBe("running");
    await run(600);
    expect(await stateOf(job)).toBe("stopping");
  });
});

describe("heartbeat-lost", () => {
  test("spares a worker that missed one lease, and cancels after two", async () => {
    const { bundle, run } = world();
    const job = await registered();
    await heartbeatAt(job, 60);
    expect(await run(120)).toMatchObject({ seen: 1, live: 1 });
    expect(await table.jobs.get(job.uid)).toMatchObject({ state: "running", dueAt: now + 180_000 });
    expect(await run(179)).toMatchObject({ seen: 0 });
    // Of the runs that did not hear it the one at 120 s was the first.
    expect(await run(180)).toMatchObject({ seen: 1, live: 1 });
    await run(240);
    expect(policyIn(await run(241), "heartbeat-lost")).toMatchObject({ due: 1, cancelled: 1 });
    expect(await toReceipt(bundle, job.uid)).toMatchObject({ reason: "policy:heartbeat-lost", outcome: "stopping" });
  });

  test("is void once a heartbeat comes between the judgement and the claim", async () => {
    const { run } = world();
    const job = await registered();
    const changeIncarnation: Services["jobs"]["changeIncarnation"] = async (uid, given) => {
      if (given.claim) await heartbeatAt(job, 119);
      return table.jobs.changeIncarnation(uid, given);
    };
    const summary = await run(120, { jobs: { ...table.jobs, changeIncarnation } });
    expect(policyIn(summary, "heartbeat-lost")).toMatchObject({ due: 1, cancelled: 0, spared: { changed: 1 } });
    expect(await table.jobs.get(job.uid)).toMatchObject({ state: "running", heartbeatAt: now + 119_000 });
    expect(await table.jobs.get(job.uid)).not.toHaveProperty("cancellation");
  });

  test("gives every worker two leases to be heard after five minutes without a run", async () => {
    const { run } = world();
    await run(0);
    const job = await registered();
    expect(await run(301)).toMatchObject({ seen: 1, live: 1 });
    for (const seconds of [361, 420]) await run(seconds);
    expect(await stateOf(job)).toBe("running");
    expect(policyIn(await run(421), "heartbeat-lost")).toMatchObject({ cancelled: 1 });
  });

  test("trusts the backend that says that the work is alive", async () => {
    const { run } = world();
    const job = await registered();
    const worker = { ...workerBackend, probe: async () => ({ kind: "alive" }) as const };
    expect(await run(120, { backends: { worker } })).toMatchObject({ seen: 1, live: 1 });
    expect(await table.jobs.get(job.uid)).toMatchObject({ state: "running", dueAt: now + 121_000 });
  });
});

describe("policies of the configuration", () => {
  const old = { name: "old", maxRuntimeSeconds: 50, action: "cancel" } as const;

  test.each<[string, object, Partial<Job>, Partial<Job>]>([
    [
      "labels",
      { selector: { labels: { a: "1", b: "2" } } },
      { labels: { a: "1", b: "2", c: "3" } },
      { labels: { a: "1" } },
    ],
    ["a type", { selector: { jobType: "INSERT" } }, { jobType: "INSERT" }, { jobType: "QUERY" }],
    ["a project", { selector: { project: "p1" } }, { owner: "p1" }, { owner: "p2" }],
    ["a service", { service: "dli" }, {}, { service: "ges", jobType: "algorithm" }],
  ])("select by %s", async (_, by, yes, no) => {
    const selected = await registered({ ...patient, ...yes });
    const left = await registered({ ...patient, ...no });
    const { bundle, run } = world([{ ...old, ...by }]);
    await run(49);
    expect(await stateOf(selected)).toBe("running");
    expect(policyIn(await run(50), "old")).toMatchObject({ due: 1, cancelled: 1 });
    expect([await stateOf(selected), await stateOf(left)]).toEqual(["stopping", "running"]);
    expect((await toReceipt(bundle, selected.uid)).reason).toBe("policy:old");
  });

  test("report again with every run, and leave the job to the policies after them", async () => {
    const job = await registered({ maxRuntimeSeconds: 200, ...patient });
    const { run } = world([{ ...old, action: "report" }]);
    for (const seconds of [50, 110, 170])
      expect(policyIn(await run(seconds), "old")).toMatchObject({ due: 1, cancelled: 0, reported: 1 });
    expect(await stateOf(job)).toBe("running");
    const last = await run(200);
    expect([policyIn(last, "old")?.reported, policyIn(last, "max-runtime")?.cancelled]).toEqual([1, 1]);
    expect(policyIn(await run(230), "old")).toMatchObject({ due: 0 });
  });

  test("take the place of a built-in one of their name", async () => {
    const job = await registered({ maxRuntimeSeconds: 50, ...patient });
    const { run } = world([{ name: "max-runtime", action: "report" }]);
    for (const seconds of [50, 110])
      expect(policyIn(await run(seconds), "max-runtime")).toMatchObject({ due: 1, reported: 1, cancelled: 0 });
    expect(await stateOf(job)).toBe("running");
  });

  test("hold only where both age and silence do", async () => {
    const silent = await registered({ heartbeatTimeoutSeconds: 10 });
    const alive = await registered({ heartbeatTimeoutSeconds: 10 });
    const { run } = world([
      { ...old, name: "both", heartbeatLost: true },
      { name: "heartbeat-lost", action: "report" },
    ]);
    expect(policyIn(await run(20), "both")?.due).toBe(0);
    await heartbeatAt(alive, 45);
    expect(policyIn(await run(50), "both")?.due).toBe(0);
    await heartbeatAt(alive, 58);
    // The run at 20 s and the one at 50 s are half a minute apart, and an outage between them may have lasted as long.
    expect(policyIn(await run(60), "both")).toMatchObject({ due: 1, cancelled: 1 });
    expect(await stateOf(alive)).toBe("running");
    expect((await table.jobs.get(silent.uid))?.cancellation?.reason).toBe("policy:both");
  });
});

describe("the circuit breaker", () => {
  test.each([
    ["maxActionsPerRun", { maxActionsPerRun: 2 }, { maxActionsPerRun: 3 }],
    ["maxFractionOfActive", { maxFractionOfActive: 0.7 }, { maxFractionOfActive: 0.75 }],
  ])("acts on nothing beyond %s, and acts again once that is raised", async (limit, low, high) => {
    const policy = { name: "old", maxRuntimeSeconds: 50, selector: { jobType: "QUERY" }, action: "cancel" } as const;
    const due = await Promise.all([1, 2, 3].map(() => registered(patient)));
    await registered({ ...patient, jobType: "INSERT" });
    const { run, recorded } = world([{ ...policy, ...low }]);
    expect(policyIn(await run(60), "old")).toMatchObject({
      due: 3,
      cancelled: 0,
      spared: { [limit]: 3 },
      tripped: limit,
    });
    expect(await Promise.all(due.map(stateOf))).toEqual(["running", "running", "running"]);
    expect(recorded.measured).toEqual([
      { name: "CleanupTripped", value: 1, unit: "Count", dimensions: { policy: "old" }, total: true },
    ]);
    const raised = await world([{ ...policy, ...high }]).run(120);
    expect(policyIn(raised, "old")).toMatchObject({ due: 3, cancelled: 3, tripped: null });
  });
});

describe("spares", () => {
  test("what its service does not let be cancelled, for ten minutes", async () => {
    const task = await registered({ service: "dds", jobType: "RESIZE_FLAVOR", maxRuntimeSeconds: 50 });
    const { run } = world();
    expect(policyIn(await run(50), "max-runtime")).toMatchObject({ spared: { "not-cancellable": 1 } });
    expect(await table.jobs.get(task.uid)).toMatchObject({ state: "running", dueAt: now + 650_000 });
  });

  test("a type that is not cancelled", async () => {
    const job = await registered({ jobType: "SCALE_QUEUE", maxRuntimeSeconds: 50 });
    expect((await world().run(50)).jobs).toMatchObject([{ uid: job.uid, result: "spared", why: "unsupported-type" }]);
    expect(await stateOf(job)).toBe("running");
  });

  test.each<[string, ConfigDocument["principals"]]>([
    ["nobody is let in on a schedule", []],
    ["the principal may not cancel", [{ name: "cron", triggers: ["schedule"], policies: [] }]],
  ])("everything where %s, and finds it again", async (_, principals) => {
    const job = await registered({ maxRuntimeSeconds: 50, ...patient });
    const { run } = world([], principals);
    for (const seconds of [50, 110])
      expect(policyIn(await run(seconds), "max-runtime")).toMatchObject({ due: 1, spared: { forbidden: 1 } });
    expect(await stateOf(job)).toBe("running");
  });
});

test("two runs at once cancel each job once", async () => {
  const jobs = await Promise.all(Array.from({ length: 20 }, () => registered({ maxRuntimeSeconds: 50, ...patient })));
  const { bundle, run } = world();
  const summaries = await Promise.all([run(50), run(50)]);
  const cancelled = summaries.map((summary) => policyIn(summary, "max-runtime")?.cancelled ?? 0);
  expect(cancelled[0]).toBe(20 - (cancelled[1] ?? 0));
  for (const { uid } of jobs) expect(await toReceipt(bundle, uid)).toMatchObject({ outcome: "stopping", repeats: 0 });
});

test("publishes what it saw and did", async () => {
  const job = await registered({ maxRuntimeSeconds: 50, ...patient });
  const { run, recorded } = world();
  const summary = await run(50);
  expect(recorded.published).toEqual([
    expect.objectContaining({ type: "dev.standdown.cleanup.finished.v1", time: summary.finishedAt, data: summary }),
  ]);
  const { uid, jobId } = job;
  expect(summary).toMatchObject({
    ...{ startedAt: new Date(now + 50_000).toISOString(), seen: 1, live: 0, unreadable: 0 },
    jobs: [{ uid, service: "dli", jobId, policy: "max-runtime", result: "cancelled" }],
  });
  expect(recorded.measured).toMatchObject([{ name: "CleanupCancelled", value: 1 }]);
});
