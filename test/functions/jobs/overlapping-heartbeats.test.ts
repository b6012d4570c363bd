import { expect, test } from "vitest";
import type { JobStore } from "../../../shared/ports/job-store.ts";
import { callJobApi, registerJob, sqlJob, toReceipt } from "../../support/requests/cancel-requests.ts";
import { inProcessBundle, useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

/** A bundle whose writes to an incarnation wait, from the n-th on, until they are let through. */
const slowBundle = (from: number) => {
  const { jobs } = bundle.table();
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  let writes = 0;
  const changeIncarnation: JobStore["changeIncarnation"] = async (uid, change) => {
    writes++;
    if (writes >= from) {
      arrived.resolve();
      await gate.promise;
    }
    return jobs.changeIncarnation(uid, change);
  };
  const slow = inProcessBundle({ ...bundle.table(), jobs: { ...jobs, changeIncarnation } });
  slow.clock.time = bundle.clock.time;
  return { slow, arrived: arrived.promise, letThrough: () => gate.resolve() };
};

const beat = (on: Parameters<typeof callJobApi>[0], uid: string) =>
  callJobApi(on, "POST", `/jobs/${uid}/heartbeat`, {});
const lease = { heartbeatTimeoutSeconds: 3, graceSeconds: 1 };

test("a heartbeat of a running job that is written late takes back none that came after it", async () => {
  const { uid } = await registerJob(bundle, sqlJob, "running", lease);
  bundle.clock.time += 1;
  const { slow, arrived, letThrough } = slowBundle(1);
  const early = beat(slow, uid);
  await arrived;
  bundle.clock.time += 2_000;
  expect((await beat(bundle, uid)).status).toBe(200);
  letThrough();
  expect((await early).status).toBe(200);
  expect((await bundle.table().jobs.get(uid))?.heartbeatAt).toBe(bundle.clock.time);
});

test("a worker that is to stop keeps the lease that its latest heartbeat was answered", async () => {
  const { uid } = await registerJob(bundle, sqlJob, "stopping", lease);
  bundle.clock.time += 1;
  // The first write is for a job that is not to stop.
  const { slow, arrived, letThrough } = slowBundle(2);
  const early = beat(slow, uid);
  await arrived;
  bundle.clock.time += 2_000;
  expect((await beat(bundle, uid)).status).toBe(200);
  letThrough();
  expect((await early).status).toBe(200);
  bundle.clock.time += 2_999;
  expect(await toReceipt(bundle, uid)).toMatchObject({ outcome: "stopping", evidence: null });
});

test("two heartbeats that have read the same job deliver the stop request once", async () => {
  const { uid } = await registerJob(bundle, sqlJob, "stopping", lease);
  bundle.clock.time += 10;
  // Each has read the job, and waits with what it decided.
  const [one, other] = [slowBundle(2), slowBundle(2)];
  other.slow.clock.time += 1;
  const answers = [beat(one.slow, uid), beat(other.slow, uid)];
  await Promise.all([one.arrived, other.arrived]);
  one.letThrough();
  await answers[0];
  other.letThrough();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
  const { steps } = (await toReceipt(bundle, uid)) as { steps: { step: string }[] };
  expect(steps.map(({ step }) => step)).toEqual(["stop-requested", "stop-request-delivered"]);
});

test("a function whose clock is behind writes no step before the one that stands, and no negative duration", async () => {
  const { uid } = await registerJob(bundle, sqlJob, "stopping", lease);
  bundle.clock.time -= 300;
  await beat(bundle, uid);
  bundle.clock.time -= 1;
  await callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome: "cancelled" });
  const { steps, timeToStopMs } = (await toReceipt(bundle, uid)) as { steps: { at: string }[]; timeToStopMs: number };
  const times = steps.map(({ at }) => at);
  expect([times, timeToStopMs]).toEqual([times.toSorted(), 0]);
});
