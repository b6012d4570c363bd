import type { Context } from "aws-lambda";
import { expect, test } from "vitest";
import { cleanup } from "../../../functions/cleanup-stale-jobs/cleanup.ts";
import { remainingMs } from "../../../shared/concurrency/deadline.ts";
import { scheduleEntry } from "../../../shared/entrypoints/schedule.ts";
import { StoreThrottled } from "../../../shared/ports/job-store.ts";
import type { ServicesUntil } from "../../../shared/ports/services.ts";
import { aJob } from "../../support/stack/jobs.ts";
import { lasting, type PolicyInput, policyIn, useScheduledRuns } from "../../support/stack/scheduled-runs.ts";

const { start, table, register, stateOf } = useScheduledRuns();

const old: PolicyInput = { name: "old", service: "dli", maxRuntimeSeconds: 100, action: "cancel" };

test("jobs that their provider does not cancel do not use up what a policy may do", async () => {
  const task = { service: "dds", jobType: "RESTART" };
  for (let i = 0; i < 5; i++) await register(task);
  const hanging = await register();
  const { cleanupAt } = start({ policies: [{ name: "heartbeat-lost", action: "cancel", maxActionsPerRun: 3 }] });
  const summary = await cleanupAt(120);
  expect(policyIn(summary, "heartbeat-lost")).toMatchObject({
    ...{ due: 6, cancelled: 1, tripped: null },
    spared: { "not-cancellable": 5 },
  });
  expect(await stateOf(hanging)).toBe("stopping");
});

test("a policy that would cancel more than it may says so in the log, with the limit and a job", async () => {
  const jobs = [await register(), await register()];
  const runs = start({ policies: [{ name: "heartbeat-lost", action: "cancel", maxActionsPerRun: 1 }] });
  const summary = await runs.cleanupAt(120);
  expect(policyIn(summary, "heartbeat-lost")).toMatchObject({ cancelled: 0, tripped: "maxActionsPerRun" });
  const [line = ""] = runs.logged.filter((each) => each.includes("a limit keeps a policy"));
  const { uid, ...about } = JSON.parse(line);
  expect(about).toMatchObject({ policy: "heartbeat-lost", outcome: "maxActionsPerRun", count: 2 });
  expect(jobs.map((job) => job.uid)).toContain(uid);
});

const ofOwner = (projectId: string, scoped: object = {}) => ({ scope: { projectId }, owner: projectId, ...scoped });

test("an owner with more stale jobs than a policy may cancel keeps nobody else's from being cancelled", async () => {
  const bob = await Promise.all([1, 2, 3].map(() => register(ofOwner("bob"))));
  const alice = await register(ofOwner("alice"));
  const { cleanupAt, recorded } = start({
    policies: [{ name: "heartbeat-lost", action: "cancel", maxActionsPerRun: 2 }],
  });
  expect(policyIn(await cleanupAt(120), "heartbeat-lost")).toMatchObject({
    ...{ due: 4, cancelled: 1, tripped: "maxActionsPerRun" },
    spared: { maxActionsPerRun: 3 },
  });
  expect(await stateOf(alice)).toBe("stopping");
  expect(await Promise.all(bob.map(stateOf))).toEqual(["running", "running", "running"]);
  expect(recorded.measured.map(({ name }) => name)).toContain("CleanupTripped");
});

test("all owners together have a limit of their own, which is higher", async () => {
  const policy = { name: "heartbeat-lost", action: "cancel", maxActionsPerRun: 2, maxActionsOfAllOwners: 3 } as const;
  for (const owner of ["a", "a", "b", "b", "c", "c", "c"]) await register(ofOwner(owner));
  const run = start({ policies: [policy] });
  expect(policyIn(await run.cleanupAt(120), "heartbeat-lost")).toMatchObject({
    ...{ due: 7, cancelled: 0, tripped: "maxActionsOfAllOwners" },
    spared: { maxActionsPerRun: 3, maxActionsOfAllOwners: 4 },
  });
  await run.cleanupAt(180);
  const { cleanupAt } = start({ policies: [{ ...policy, maxActionsOfAllOwners: 4 }] });
  expect(policyIn(await cleanupAt(240), "heartbeat-lost")).toMatchObject({ cancelled: 4, tripped: "maxActionsPerRun" });
});

test("a scan goes on past a thousand jobs that wait in front of one that hangs", async () => {
  const queued = Array.from({ length: 1_050 }, () => aJob({ ...lasting, state: "queued" }));
  await Promise.all(queued.map((job) => table().jobs.register(job, job.uid)));
  const hanging = await register({ ...lasting, startedAt: queued[0]?.registeredAt ?? 0 });
  const { cleanupAt } = start({ policies: [old] });
  expect(policyIn(await cleanupAt(120), "old")).toMatchObject({ due: 1, cancelled: 1 });
  expect(await stateOf(hanging)).toBe("stopping");
}, 60_000);

test("a policy that cannot tell how many jobs are active acts on none, and keeps no other from acting", async () => {
  const walkedTo = await register(lasting);
  const overdue = await register({ ...lasting, maxRuntimeSeconds: 110, jobType: "INSERT" });
  const { cleanupAt, services } = start({
    policies: [{ ...old, selector: { jobType: "QUERY" }, maxFractionOfActive: 0.9 }],
  });
  const hasActive = () => Promise.reject(new StoreThrottled("slow down"));
  const summary = await cleanupAt(120, { dueQueue: { ...services.dueQueue, hasActive } });
  expect(policyIn(summary, "old")).toMatchObject({ due: 1, cancelled: 0, tripped: null, spared: { unavailable: 1 } });
  expect(policyIn(summary, "max-runtime")).toMatchObject({ due: 1, cancelled: 1 });
  expect([await stateOf(walkedTo), await stateOf(overdue)]).toEqual(["running", "stopping"]);
  expect(policyIn(await cleanupAt(180), "old")).toMatchObject({ due: 1, cancelled: 1 });
});

test("a policy that cannot look for its jobs keeps no other from acting", async () => {
  const overdue = await register({ ...lasting, service: "ges", jobType: "algorithm", maxRuntimeSeconds: 110 });
  const { cleanupAt, services } = start({ policies: [old] });
  const position = () => Promise.reject(new StoreThrottled("slow down"));
  const summary = await cleanupAt(120, { dueQueue: { ...services.dueQueue, position } });
  expect(policyIn(summary, "max-runtime")).toMatchObject({ due: 1, cancelled: 1 });
  expect(await stateOf(overdue)).toBe("stopping");
});

test("a run has time of its own for telling what it did, however much it used up", async () => {
  const overdue = await register({ ...lasting, maxRuntimeSeconds: 110 });
  const { services, clock, recorded } = start();
  clock.time = overdue.registeredAt + 120_000;
  /** The bus as each of the services of a run has it, with the time that is left to its calls when it is called. */
  const left: number[] = [];
  const servicesUntil: ServicesUntil = (deadline) => ({
    ...services,
    events: {
      publish: async (given) => {
        left.push(remainingMs(deadline));
        return recorded.services.events.publish(given);
      },
    },
  });
  const run = scheduleEntry(cleanup, () => servicesUntil);
  const summary = await run({}, { getRemainingTimeInMillis: () => 5_000 } as Context);
  expect(policyIn(summary, "max-runtime")).toMatchObject({ cancelled: 1 });
  expect(left).toEqual([expect.any(Number)]);
  expect(left[0]).toBeLessThanOrEqual(4_000);
  expect(left[0]).toBeGreaterThan(0);
});
