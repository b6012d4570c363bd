import { describe, expect, test } from "vitest";
import { type AwsCall, AwsUnreachable } from "../../../shared/adapters/aws-client/json-client.ts";
import { StoreUnavailable } from "../../../shared/ports/job-store.ts";
import type { Services } from "../../../shared/ports/services.ts";
import { callJobApi, registerJob, sqlJob } from "../../support/requests/cancel-requests.ts";
import { aJob, now } from "../../support/stack/jobs.ts";
import {
  failingAt,
  goneFrom,
  lasting,
  type ScheduledRuns,
  useScheduledRuns,
} from "../../support/stack/scheduled-runs.ts";

const { start, table, clear, register, hear, read } = useScheduledRuns();

/** Told to stop at 0 s; its grace period ends after 30 s, its lease after 60 s. */
const toldToStop = async ({ bundle }: ScheduledRuns, more: object = {}) => {
  bundle.clock.time = now;
  return registerJob(bundle, sqlJob, "stopping", { heartbeatTimeoutSeconds: 60, graceSeconds: 30, ...more });
};

const finish = async ({ bundle }: ScheduledRuns, uid: string, outcome: string, seconds: number) => {
  bundle.clock.time = now + seconds * 1000;
  await callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome });
};

const idsOf = ({ recorded }: ScheduledRuns) => recorded.published.map(({ id }) => id);

/** One job for each way in which a check at 60 s can end. */
const tellEach = async (runs: ScheduledRuns) => {
  const jobs = {
    silent: await toldToStop(runs),
    heard: await toldToStop(runs, lasting),
    stopped: await toldToStop(runs),
    completed: await toldToStop(runs),
  };
  await hear(jobs.heard, 40);
  await finish(runs, jobs.stopped.uid, "cancelled", 10);
  await finish(runs, jobs.completed.uid, "succeeded", 20);
  return jobs;
};

type Told = Awaited<ReturnType<typeof tellEach>>;

const outcomesOf = async (jobs: Told) => {
  const entries = Object.entries(jobs).map(async ([kind, job]) => {
    const { state, cancellation, outbox, dueAt } = (await read(job)) ?? {};
    return [kind, [state, cancellation?.steps.map(({ step }) => step), outbox, dueAt !== undefined]];
  });
  return Object.fromEntries(await Promise.all(entries));
};

const settled = {
  silent: ["cancelled", ["stop-requested", "lease-expired"], undefined, false],
  heard: ["stopping", ["stop-requested", "not-stopped"], undefined, true],
  stopped: ["cancelled", ["stop-requested", "worker-acknowledged"], undefined, false],
  completed: ["succeeded", ["stop-requested", "completed-first"], undefined, false],
};

const announcedOf = ({ silent, heard, stopped, completed }: Told) => [
  ...[silent, heard, stopped, completed].map(({ uid }) => `${uid}/requested`),
  ...[
    `${silent.uid}/stopped`,
    `${heard.uid}/not-stopped`,
    `${stopped.uid}/stopped`,
    `${completed.uid}/completed-first`,
  ],
];

const sorted = (texts: Iterable<string>) => [...texts].toSorted();

const metricsOf = ({ recorded }: ScheduledRuns) =>
  sorted(
    recorded.measured.map(({ name, value, dimensions }) => `${name} ${value} ${Object.values(dimensions).join(" ")}`),
  );

const measured = [
  ...Array.from({ length: 4 }, () => "Cancellations 1 dli requested"),
  ...Array.from({ length: 2 }, () => "Cancellations 1 dli stopped"),
  "Cancellations 1 dli completed-first",
  "Cancellations 1 dli not-stopped",
  "NotStopped 1 dli worker",
  ...Array.from({ length: 2 }, () => "Assurance 1 dli acknowledged"),
  "Assurance 1 dli presumed",
  // From the request to the worker's word; what completed first did not stop, and nobody saw when silence began.
  "TimeToStop 10000 dli worker",
].toSorted();

test("a sweep tells and measures everything exactly once where nothing fails", async () => {
  const runs = start();
  const jobs = await tellEach(runs);
  expect(await runs.sweepAt(61)).toEqual({ checked: 4, failed: 0, unreadable: 0 });
  expect(await outcomesOf(jobs)).toEqual(settled);
  expect(await runs.sweepAt(61)).toEqual({ checked: 0, failed: 0, unreadable: 0 });
  expect(sorted(idsOf(runs))).toEqual(sorted(announcedOf(jobs)));
  expect(metricsOf(runs)).toEqual(measured);
  expect(runs.recorded.measured.filter(({ total }) => total).map(({ name }) => name)).toEqual(["NotStopped"]);
});

test.each([
  ["is lost with all calls after it", goneFrom],
  ["fails for good", failingAt],
])("whichever call of a sweep %s, later ones do what is left", { timeout: 60_000 }, async (_, failure) => {
  let [nth, died] = [0, true];
  while (died) {
    nth++;
    await clear();
    const runs = start();
    const jobs = await tellEach(runs);
    let reached = false;
    const failingCall = failure(nth)(table().call);
    const call: AwsCall = (...asked) =>
      failingCall(...asked).catch((error: unknown) => {
        reached ||= error instanceof AwsUnreachable;
        throw error;
      });
    const broken = start({ call });
    await broken.sweepAt(60).catch(() => {});
    // What failed was put off by half a minute.
    await runs.sweepAt(91);
    died = reached;
    expect(await outcomesOf(jobs), `call ${nth}`).toEqual(settled);
    // What is told again has the same id; what is measured is measured once.
    expect(sorted(new Set([...idsOf(broken), ...idsOf(runs)])), `call ${nth}`).toEqual(sorted(announcedOf(jobs)));
    expect([...metricsOf(broken), ...metricsOf(runs)].toSorted(), `call ${nth}`).toEqual(measured);
  }
  expect(nth).toBeGreaterThan(9);
});

test("two sweeps at once, and a message, end each cancellation once", async () => {
  const runs = start();
  const jobs = await tellEach(runs);
  const bodies = Object.values(jobs).map(({ uid }) => JSON.stringify({ uid }));
  await Promise.all([runs.sweepAt(61), runs.sweepAt(61), runs.checkAt(60, bodies)]);
  await runs.sweepAt(61);
  expect(await outcomesOf(jobs)).toEqual(settled);
  expect(new Set(idsOf(runs))).toEqual(new Set(announcedOf(jobs)));
  expect(metricsOf(runs)).toEqual(measured);
});

describe("a bus that fails", () => {
  const down: Services["events"] = { publish: async () => Promise.reject(new Error("no bus")) };

  test("does not keep a cancellation from ending, and is told everything later", async () => {
    const runs = start();
    const jobs = await tellEach(runs);
    expect(await runs.sweepAt(61, { events: down })).toEqual({ checked: 4, failed: 0, unreadable: 0 });
    const states = (await Promise.all(Object.values(jobs).map(read))).map((job) => [
      job?.state,
      job?.outbox?.toSorted(),
    ]);
    expect(states).toEqual([
      ["cancelled", ["requested", "stopped"]],
      ["stopping", ["not-stopped", "requested"]],
      ["cancelled", ["requested", "stopped"]],
      ["succeeded", ["completed-first", "requested"]],
    ]);
    expect(runs.recorded.measured).toEqual([]);
    await runs.sweepAt(121);
    expect(await outcomesOf(jobs)).toEqual(settled);
    expect(sorted(idsOf(runs))).toEqual(sorted(announcedOf(jobs)));
    expect(metricsOf(runs)).toEqual(measured);
  });

  test("that takes only some of the events keeps those, and counts only those", async () => {
    const runs = start();
    const { uid } = await toldToStop(runs);
    await finish(runs, uid, "cancelled", 10);
    const some: Services["events"] = { publish: async () => new Set([`${uid}/stopped`]) };
    await runs.sweepAt(11, { events: some });
    expect(await read({ uid })).toMatchObject({ outbox: ["requested"], dueAt: now + 71_000 });
    expect(metricsOf(runs)).toEqual([
      "Assurance 1 dli acknowledged",
      "Cancellations 1 dli stopped",
      "TimeToStop 10000 dli worker",
    ]);
    await runs.sweepAt(71);
    expect(idsOf(runs)).toEqual([`${uid}/requested`]);
  });
});

test("a sweep goes on until nothing is due, however little it is given at once", async () => {
  const runs = start();
  for (let i = 0; i < 20; i++) await toldToStop(runs);
  const { dueQueue } = runs.services;
  let rounds = 0;
  const due: Services["dueQueue"]["due"] = (queueName, at, _, after) => {
    rounds++;
    return dueQueue.due(queueName, at, 8, after);
  };
  expect(await runs.sweepAt(1, { dueQueue: { ...dueQueue, due } })).toEqual({ checked: 20, failed: 0, unreadable: 0 });
  expect(rounds).toBeGreaterThan(2);
  expect(idsOf(runs)).toHaveLength(20);
});

test("a cancellation that cannot be dealt with keeps no other from being dealt with", async () => {
  const runs = start();
  const [broken, ...others] = [await toldToStop(runs), await toldToStop(runs), await toldToStop(runs)];
  const { jobs } = runs.services;
  const changeIncarnation: typeof jobs.changeIncarnation = async (uid, change) => {
    if (uid === broken.uid) throw new StoreUnavailable("no answer");
    return jobs.changeIncarnation(uid, change);
  };
  const instead = { jobs: { ...jobs, changeIncarnation } };
  expect(await runs.sweepAt(61, instead)).toEqual({ checked: 3, failed: 1, unreadable: 0 });
  expect(await Promise.all([broken, ...others].map(async (job) => (await read(job))?.state))).toEqual([
    "stopping",
    "cancelled",
    "cancelled",
  ]);
  const bodies = [broken, ...others].map(({ uid }) => JSON.stringify({ uid }));
  expect(await runs.checkAt(62, [...bodies, bodies[0] ?? ""], instead)).toEqual(["0", "3"]);
  expect(await runs.sweepAt(63)).toEqual({ checked: 1, failed: 0, unreadable: 0 });
});

test("jobs without a cancellation are looked at by no sweep, whenever they are due themselves", async () => {
  const jobs = [await register(), await register({ state: "queued" }), await register({ maxRuntimeSeconds: 1 })];
  const runs = start();
  const bodies = [...jobs, aJob()].map(({ uid }) => JSON.stringify({ uid }));
  expect(await runs.sweepAt(100_000)).toEqual({ checked: 0, failed: 0, unreadable: 0 });
  expect(await runs.checkAt(100_000, bodies)).toEqual([]);
  expect(await Promise.all(jobs.map(read))).toEqual(jobs);
  expect([runs.recorded.asked, runs.recorded.published, runs.recorded.measured]).toEqual([[], [], []]);
});
