import { describe, expect, test } from "vitest";
import { toJobItem } from "../../../shared/adapters/dynamodb/job-item.ts";
import type { Job } from "../../../shared/domain/job.ts";
import { aJob, now } from "../../support/stack/jobs.ts";
import {
  countRead,
  lasting,
  type PolicyInput,
  policyIn,
  useScheduledRuns,
} from "../../support/stack/scheduled-runs.ts";

const { start, table, register, stateOf } = useScheduledRuns();

const old: PolicyInput = { name: "old", service: "dli", maxRuntimeSeconds: 50, action: "cancel" };
const spot: PolicyInput = { ...old, selector: { labels: { tier: "spot" } } };

describe("an old job that is spared is read while the index may lag, and then no more", () => {
  test.each<[string, PolicyInput, Partial<Job>, { readonly jobs: number; readonly active: number }]>([
    ["by a selector, which the index answers", spot, {}, { jobs: 0, active: 1 }],
    ["by what its service allows", { ...old, service: "dds" }, { service: "dds" }, { jobs: 1, active: 1 }],
    ["by what may be done to its type", old, { jobType: "SCALE_QUEUE" }, { jobs: 1, active: 1 }],
    ["because it is still queued", old, { state: "queued" }, { jobs: 1, active: 1 }],
  ])("%s", async (_, policy, given, first) => {
    const job = await register({ ...lasting, ...given });
    const { call, take } = countRead(table().call);
    const { cleanupAt } = start({ policies: [policy], call });
    const read = [];
    for (let minute = 1; minute <= 9; minute++) {
      await cleanupAt(minute * 60);
      read.push(take());
    }
    expect(read).toEqual([
      ...Array.from({ length: 6 }, () => ({ ...first, due: 0 })),
      ...Array.from({ length: 3 }, () => ({ jobs: 0, active: 0, due: 0 })),
    ]);
    expect(await stateOf(job)).toBe(job.state);
  });
});

test("a thousand old jobs that a selector spares do not make a run dearer", async () => {
  const [write, { call, take }] = [table().call, countRead(table().call)];
  const items = Array.from({ length: 1000 }, () => toJobItem(aJob(lasting), "r"));
  for (let first = 0; first < items.length; first += 25) {
    const batch = items.slice(first, first + 25).map((Item) => ({ PutRequest: { Item } }));
    await write("BatchWriteItem", { RequestItems: { [table().table]: batch } });
  }
  const { cleanupAt } = start({ policies: [spot], call });
  await cleanupAt(60);
  expect(take()).toEqual({ jobs: 0, active: 1000, due: 0 });
  await cleanupAt(420);
  take();
  await register({ ...lasting, labels: { tier: "spot" }, startedAt: now + 400_000 });
  expect(policyIn(await cleanupAt(480), "old")).toMatchObject({ cancelled: 1 });
  // Once by the scan, and once more for the claim.
  expect(take()).toEqual({ jobs: 1, active: 1, due: 0 });
});

test.each<[string, PolicyInput]>([
  ["its selector", { ...old, selector: { labels: { tier: "reserved" } } }],
  ["its time", { ...spot, maxRuntimeSeconds: 40, selector: {} }],
  ["its service", { name: "old", maxRuntimeSeconds: 50, action: "cancel" }],
])("a policy that was changed begins anew: %s", async (_, changed) => {
  const job = await register({ ...lasting, labels: { tier: "reserved" } });
  const before = start({ policies: [spot] });
  for (const seconds of [60, 120, 900]) await before.cleanupAt(seconds);
  expect(policyIn(await start({ policies: [changed] }).cleanupAt(960), "old")).toMatchObject({ due: 1, cancelled: 1 });
  expect(await stateOf(job)).toBe("stopping");
});

test("a policy whose limits were changed goes on where it was", async () => {
  await register(lasting);
  await start({ policies: [spot] }).cleanupAt(600);
  const { call, take } = countRead(table().call);
  await start({ policies: [{ ...spot, maxActionsPerRun: 7, maxFractionOfActive: 0.5 }], call }).cleanupAt(960);
  expect(take()).toMatchObject({ active: 0 });
});

describe("an index entry that comes late", () => {
  // The run before looked at everything up to 550 s.
  test.each([
    ["by five minutes is still found", 250, "stopping"],
    ["by more is none that any index has", 249, "running"],
  ])("%s", async (_, startedAfter, state) => {
    const { cleanupAt } = start({ policies: [old] });
    await cleanupAt(600);
    const job = await register({ ...lasting, startedAt: now + startedAfter * 1000 });
    await cleanupAt(660);
    expect(await stateOf(job)).toBe(state);
  });
});

describe("what a run found and could not finish is found again, however late", () => {
  const long = [60, 120, 600, 1200];

  test("because of the circuit breaker", async () => {
    const jobs = [await register(lasting), await register({ ...lasting, startedAt: now + 5000 })];
    const tripping = start({ policies: [{ ...old, maxActionsPerRun: 1 }] });
    for (const seconds of long)
      expect(policyIn(await tripping.cleanupAt(seconds), "old")).toMatchObject({ tripped: "maxActionsPerRun", due: 2 });
    await start({ policies: [{ ...old, maxActionsPerRun: 2 }] }).cleanupAt(1260);
    expect(await Promise.all(jobs.map(stateOf))).toEqual(["stopping", "stopping"]);
  });

  test("because it was forbidden", async () => {
    const job = await register(lasting);
    const barred = start({ policies: [old], principals: [] });
    for (const seconds of long)
      expect(policyIn(await barred.cleanupAt(seconds), "old")).toMatchObject({ spared: { forbidden: 1 } });
    await start({ policies: [old] }).cleanupAt(1260);
    expect(await stateOf(job)).toBe("stopping");
  });
});

test("a job that starts after the scan passed its registration is met at its own age", async () => {
  const job = await register({ ...lasting, state: "queued" });
  const { bundle, cleanupAt } = start({ policies: [old] });
  await cleanupAt(60);
  await cleanupAt(600);
  bundle.clock.time = now + 700_000;
  await table().jobs.changeIncarnation(job.uid, {
    when: { states: ["queued"] },
    set: { state: "running", startedAt: bundle.clock.time, heartbeatAt: bundle.clock.time },
  });
  await cleanupAt(749);
  expect(await stateOf(job)).toBe("running");
  await cleanupAt(750);
  expect(await stateOf(job)).toBe("stopping");
});
