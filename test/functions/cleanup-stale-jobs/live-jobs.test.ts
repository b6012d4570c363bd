import { expect, test } from "vitest";
import { callJobApi, registerJob, sqlJob } from "../../support/requests/cancel-requests.ts";
import { now } from "../../support/stack/jobs.ts";
import { useScheduledRuns } from "../../support/stack/scheduled-runs.ts";
import { faultyTable } from "../../support/stores/faulty-table.ts";

const { start, read, table } = useScheduledRuns();

const beat = (runs: ReturnType<typeof start>, uid: string, seconds: number) => {
  runs.clock.time = now + seconds * 1000;
  return callJobApi(runs.bundle, "POST", `/jobs/${uid}/heartbeat`, {});
};

test.each([20, 30])(
  "a worker that beats every %d s of its lease of 60 s is never met by the cleanup",
  async (every) => {
    const runs = start();
    const { uid } = await registerJob(runs.bundle, sqlJob, "running", { heartbeatTimeoutSeconds: 60 });
    for (let seconds = every; seconds <= 900; seconds += every) {
      expect(await beat(runs, uid, seconds)).toMatchObject({ status: 200 });
      expect(await runs.cleanupAt(seconds)).toMatchObject({ seen: 0 });
    }
    // It is dead two leases after it was heard last, and not a second before.
    for (const seconds of [960, 1019]) expect(await runs.cleanupAt(seconds)).toMatchObject({ jobs: [] });
    const { policies } = await runs.cleanupAt(1020);
    expect(policies.find(({ name }) => name === "heartbeat-lost")).toMatchObject({ cancelled: 1 });
  },
);

test("one that beats more seldom is met alive, and put back", async () => {
  const runs = start();
  const { uid } = await registerJob(runs.bundle, sqlJob, "running", { heartbeatTimeoutSeconds: 60 });
  await beat(runs, uid, 89);
  expect(await runs.cleanupAt(120)).toMatchObject({ seen: 1, live: 1 });
  expect(await read({ uid })).toMatchObject({ state: "running", dueAt: now + 209_000 });
});

test("most heartbeats are one write, and one in five moves the entry of the due queue as well", async () => {
  const runs = start();
  const { uid } = await registerJob(runs.bundle, sqlJob, "running", { heartbeatTimeoutSeconds: 60 });
  let moved = 0;
  let before = (await read({ uid }))?.dueAt;
  for (let seconds = 20; seconds <= 2000; seconds += 20) {
    await beat(runs, uid, seconds);
    const dueAt = (await read({ uid }))?.dueAt;
    if (dueAt !== before) moved++;
    before = dueAt;
  }
  expect(moved).toBe(20);
});

test("a heartbeat whose entry cannot be moved has renewed its lease all the same", async () => {
  let isHot = false;
  const call = faultyTable(table().call, (operation, input) =>
    isHot && operation === "UpdateItem" && JSON.stringify(input).includes("#dueKey") ? "throttle" : undefined,
  );
  const runs = start({ call });
  const { uid } = await registerJob(runs.bundle, sqlJob, "running", { heartbeatTimeoutSeconds: 60 });
  isHot = true;
  expect(await beat(runs, uid, 100)).toMatchObject({ status: 200, body: { state: "running" } });
  expect(await read({ uid })).toMatchObject({ heartbeatAt: now + 100_000, dueAt: now + 120_000 });
  expect(runs.logged.join()).toContain("a live job could not be postponed");
  isHot = false;
  expect(await runs.cleanupAt(121)).toMatchObject({ seen: 1, live: 1 });
  expect(await read({ uid })).toMatchObject({ dueAt: now + 220_000 });
});
