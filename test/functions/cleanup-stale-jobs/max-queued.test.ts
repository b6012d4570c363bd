import { expect, test } from "vitest";
import { callJobApi, registerJob, sqlJob, toReceipt } from "../../support/requests/cancel-requests.ts";
import { now } from "../../support/stack/jobs.ts";
import { useScheduledRuns } from "../../support/stack/scheduled-runs.ts";

const { start, stateOf } = useScheduledRuns();

const days = 86_400;
const maxQueued = ({ policies }: Awaited<ReturnType<ReturnType<typeof start>["cleanupAt"]>>) =>
  policies.find(({ name }) => name === "max-queued");

test.each([
  ["for as long as it said", { maxQueuedSeconds: 600 }, 600],
  ["for 14 days where it said nothing", {}, 14 * days],
])("a job that nobody starts waits %s, and is cancelled then as one that never started", async (_, given, seconds) => {
  const runs = start();
  const { uid, jobId } = await registerJob(runs.bundle, sqlJob, "queued", given);
  expect((await callJobApi(runs.bundle, "GET", `/jobs/${uid}`)).body).toMatchObject({ maxQueuedSeconds: seconds });
  expect(maxQueued(await runs.cleanupAt(seconds - 1))).toMatchObject({ due: 0 });
  expect(await stateOf({ uid })).toBe("queued");
  expect(maxQueued(await runs.cleanupAt(seconds))).toMatchObject({ due: 1, cancelled: 1 });
  expect(await toReceipt(runs.bundle, uid)).toMatchObject({
    trigger: "schedule",
    reason: "policy:max-queued",
    outcome: "stopped",
    assurance: "never-started",
  });
  // Its id is free again, and whoever would start it now is refused.
  const refused = await callJobApi(runs.bundle, "POST", `/jobs/${uid}/heartbeat`, { state: "running" });
  expect(refused.status).toBe(409);
  const { service, scope, jobType } = sqlJob;
  expect(await callJobApi(runs.bundle, "POST", "/jobs", { service, scope, jobType, jobId })).toMatchObject({
    status: 201,
  });
});

test("a job that was started in time runs as long as it likes", async () => {
  const runs = start();
  const given = { maxQueuedSeconds: 600, heartbeatTimeoutSeconds: 3600 };
  const { uid } = await registerJob(runs.bundle, sqlJob, "queued", given);
  runs.clock.time = now + 599_000;
  await callJobApi(runs.bundle, "POST", `/jobs/${uid}/heartbeat`, { state: "running" });
  expect(await runs.cleanupAt(601)).toMatchObject({ seen: 0 });
  expect(await stateOf({ uid })).toBe("running");
});

test("a policy of this name reports instead, and the job is reported each time until somebody deals with it", async () => {
  const runs = start({ policies: [{ name: "max-queued", action: "report" }] });
  const { uid } = await registerJob(runs.bundle, sqlJob, "queued", { maxQueuedSeconds: 60 });
  for (const seconds of [60, 120]) expect(maxQueued(await runs.cleanupAt(seconds))).toMatchObject({ reported: 1 });
  expect(await stateOf({ uid })).toBe("queued");
});

test.each([0, 366 * days + 1, 1.5, "60"])("a registration cannot wait for %j seconds", async (maxQueuedSeconds) => {
  const { service, scope, jobType } = sqlJob;
  const body = { service, scope, jobType, state: "queued", maxQueuedSeconds };
  const answer = await callJobApi(start().bundle, "POST", "/jobs", body);
  expect(answer.status).toBe(400);
  expect(answer.text).toContain("maxQueuedSeconds");
});
