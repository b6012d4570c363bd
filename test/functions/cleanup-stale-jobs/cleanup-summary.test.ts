import { describe, expect, test } from "vitest";
import type { Services } from "../../../shared/ports/services.ts";
import { lasting, type PolicyInput, policyIn, useScheduledRuns } from "../../support/stack/scheduled-runs.ts";

const { start, register, read, stateOf, hear } = useScheduledRuns();

const old: PolicyInput = { name: "old", service: "dli", maxRuntimeSeconds: 50, action: "cancel" };
const watched: PolicyInput = {
  name: "watched",
  selector: { labels: { watch: "yes" } },
  maxRuntimeSeconds: 30,
  action: "report",
};

test("one event for each run says what was seen, due, cancelled, reported and spared, and why", async () => {
  const algorithm = { ...lasting, service: "ges", maxRuntimeSeconds: 50 } as const;
  const jobs = {
    old: await register(lasting),
    watched: await register({ ...lasting, labels: { watch: "yes" } }),
    overdue: await register({ ...algorithm, jobType: "algorithm" }),
    unsupported: await register({ ...algorithm, jobType: "import-graph" }),
    unstoppable: await register({ ...lasting, service: "dds", jobType: "RESTART", maxRuntimeSeconds: 50 }),
    // Two leases ended since it was registered, not since it was heard of.
    alive: await register({ service: "ges", jobType: "algorithm", heartbeatTimeoutSeconds: 30 }),
    queued: await register({ ...lasting, state: "queued" }),
  };
  await hear(jobs.alive, 55);
  const { cleanupAt, recorded } = start({ policies: [watched, old] });
  const summary = await cleanupAt(60);

  const none = { due: 0, cancelled: 0, reported: 0, spared: {}, tripped: null };
  expect(summary.policies).toEqual([
    { ...none, name: "watched", action: "report", due: 1, reported: 1 },
    { ...none, name: "old", action: "cancel", due: 2, cancelled: 2 },
    {
      ...none,
      name: "max-runtime",
      action: "cancel",
      due: 3,
      cancelled: 1,
      spared: { "unsupported-type": 1, "not-cancellable": 1 },
    },
    { ...none, name: "heartbeat-lost", action: "cancel" },
    { ...none, name: "max-queued", action: "cancel" },
  ]);
  // The queued one and the live one were looked at, and left.
  expect(summary).toMatchObject({ seen: 7, live: 2, unreadable: 0 });
  const about = ({ uid, service, jobId }: (typeof jobs)["old"]) => ({ uid, service, jobId });
  expect(summary.jobs).toHaveLength(6);
  expect(summary.jobs).toEqual(
    expect.arrayContaining([
      { ...about(jobs.watched), policy: "watched", result: "reported" },
      { ...about(jobs.watched), policy: "old", result: "cancelled" },
      { ...about(jobs.old), policy: "old", result: "cancelled" },
      { ...about(jobs.overdue), policy: "max-runtime", result: "cancelled" },
      { ...about(jobs.unsupported), policy: "max-runtime", result: "spared", why: "unsupported-type" },
      { ...about(jobs.unstoppable), policy: "max-runtime", result: "spared", why: "not-cancellable" },
    ]),
  );
  expect(recorded.published).toEqual([
    {
      specversion: "1.0",
      id: expect.any(String),
      source: "urn:standdown:cleanup-stale-jobs",
      type: "dev.standdown.cleanup.finished.v1",
      time: "2026-11-22T10:01:00.000Z",
      datacontenttype: "application/json",
      data: summary,
    },
  ]);
  expect(recorded.measured.map(({ name, value, dimensions }) => [name, dimensions.policy, value])).toEqual([
    ["CleanupCancelled", "old", 2],
    ["CleanupCancelled", "max-runtime", 1],
  ]);
});

test("each run has an event of its own, also one that found nothing", async () => {
  const { cleanupAt, recorded } = start();
  for (const seconds of [60, 120]) await cleanupAt(seconds);
  expect(new Set(recorded.published.map(({ id }) => id)).size).toBe(2);
  expect(recorded.published.map(({ data }) => data)).toMatchObject([{ seen: 0 }, { seen: 0 }]);
});

test("names the first 200 jobs, and counts them all", async () => {
  await Promise.all(Array.from({ length: 201 }, () => register(lasting)));
  const summary = await start({ policies: [{ ...old, maxActionsPerRun: 201 }] }).cleanupAt(60);
  expect([policyIn(summary, "old")?.cancelled, summary.jobs.length]).toEqual([201, 200]);
});

describe("a circuit breaker that trips", () => {
  test("measures it for its policy and for the alarm on all of them, with each run", async () => {
    for (let i = 0; i < 2; i++) await register(lasting);
    const { cleanupAt, recorded } = start({ policies: [{ ...old, maxActionsPerRun: 1 }] });
    for (const seconds of [60, 120]) await cleanupAt(seconds);
    const tripped = { name: "CleanupTripped", value: 1, unit: "Count", dimensions: { policy: "old" }, total: true };
    expect(recorded.measured).toEqual([tripped, tripped]);
  });

  test("does not keep the other policies from acting", async () => {
    const silent = await register({ service: "ges", jobType: "algorithm" });
    for (let i = 0; i < 2; i++) await register(lasting);
    const summary = await start({ policies: [{ ...old, maxActionsPerRun: 1 }] }).cleanupAt(120);
    expect([policyIn(summary, "old")?.tripped, policyIn(summary, "heartbeat-lost")?.cancelled]).toEqual([
      "maxActionsPerRun",
      1,
    ]);
    expect(await stateOf(silent)).toBe("stopping");
  });

  test.each<[string, number, number, number, boolean]>([
    ["as much as is allowed", 2, 4, 0.5, false],
    ["one more than that", 3, 5, 0.5, true],
    ["all, where all are allowed", 3, 3, 1, false],
    ["all, where nearly all are allowed", 3, 3, 0.99, true],
  ])("of a fraction counts the active jobs of the policy's service: %s", async (_, due, active, fraction, trips) => {
    for (let i = 0; i < due; i++) await register(lasting);
    // Queued ones are active; those of another service are none of its business.
    for (let i = due; i < active; i++) await register({ ...lasting, state: "queued" });
    for (let i = 0; i < 20; i++) await register({ ...lasting, service: "ges", jobType: "algorithm" });
    const summary = await start({ policies: [{ ...old, maxFractionOfActive: fraction }] }).cleanupAt(60);
    expect(policyIn(summary, "old")).toMatchObject({ due, tripped: trips ? "maxFractionOfActive" : null });
  });

  test("counts all services where the policy is for all", async () => {
    for (let i = 0; i < 2; i++) await register(lasting);
    for (const service of ["ges", "analyticdb-index"])
      await register({ ...lasting, service, startedAt: Number.MAX_SAFE_INTEGER });
    const { service: _, ...everywhere } = old;
    const summary = await start({ policies: [{ ...everywhere, maxFractionOfActive: 0.5 }] }).cleanupAt(60);
    expect(policyIn(summary, "old")).toMatchObject({ due: 2, cancelled: 2, tripped: null });
  });
});

test("that the bus takes no summary undoes nothing, and is logged with its cause", async () => {
  const job = await register({ ...lasting, maxRuntimeSeconds: 50 });
  const { cleanupAt, logged, recorded } = start();
  const events: Services["events"] = { publish: async () => Promise.reject(new Error("the bus is down")) };
  const summary = await cleanupAt(60, { events });
  expect(policyIn(summary, "max-runtime")).toMatchObject({ cancelled: 1 });
  expect(await read(job)).toMatchObject({ state: "stopping", outbox: ["requested"] });
  expect(recorded.measured).toMatchObject([{ name: "CleanupCancelled", value: 1 }]);
  expect(logged.filter((line) => line.includes("the summary could not be published"))).toMatchObject([
    expect.stringContaining("the bus is down"),
  ]);
});
