import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type JobRegistration,
  type RunJobOptions,
  type RunningJob,
  runJob,
  type Work,
} from "../../../packages/client/src/run-job.ts";
import { projectId, startJobApi, token } from "./job-api-server.ts";
import { untilStopped } from "./until-stopped.ts";

let api: Awaited<ReturnType<typeof startJobApi>>;

beforeAll(async () => {
  api = await startJobApi();
});
afterAll(() => api.stop());

const query: JobRegistration = { service: "dli", scope: { projectId }, heartbeatTimeoutSeconds: 5 };
const heartbeat = "POST /jobs/{uid}/heartbeat";

const run = <Result>(work: Work<Result>, options: Partial<RunJobOptions> = {}) =>
  runJob({ endpoint: api.endpoint, token, job: query, heartbeatSeconds: 0.03, ...options }, work);

const cancel = (uid: string, reason = "no longer needed") => api.post(`/jobs/${uid}/cancel`, { reason });

describe("what the work did is what is reported", () => {
  test("work that returns has succeeded", async () => {
    const end = await run(() => 42, { job: { ...query, jobId: "q-1" } });
    expect(end).toEqual({ outcome: "succeeded", result: 42, uid: end.uid, jobId: "q-1", recorded: "succeeded" });
    expect(await api.get(`/jobs/${end.uid}`)).toMatchObject({ state: "succeeded", jobId: "q-1" });
  });

  test("work that throws has failed, and the record has its message without a stack", async () => {
    const error = new Error(`table orders is gone ${"!".repeat(2000)}`);
    const end = await run(() => Promise.reject(error));
    expect(end).toMatchObject({ outcome: "failed", recorded: "failed" });
    expect(end).toHaveProperty("error", error);
    expect(await api.get(`/jobs/${end.uid}`)).toMatchObject({ state: "failed", error: error.message.slice(0, 1024) });
  });

  test.each<JobRegistration>([
    {
      service: "analyticdb-index",
      scope: { regionId: "cn-hangzhou", workspaceId: "gp-ws-1", namespace: "n", collection: "c" },
      secret: "s",
    },
    {
      service: "analyticdb-document",
      scope: { regionId: "cn-hangzhou", dbInstanceId: "gp-1", collection: "c" },
      secret: "s",
    },
    { service: "ges", scope: { projectId, graphName: "g" }, jobType: "add-index", maxRuntimeSeconds: 60 },
    { service: "dds", scope: { projectId, instanceId: "i1" }, jobType: "RESTART", labels: { team: "a" } },
    { service: "dli", scope: { projectId, queueName: "q" }, jobType: "INSERT", graceSeconds: 5 },
  ])("a job of $service is registered with what its service needs", async (job) => {
    const end = await run(() => {}, { job });
    expect(end.recorded).toBe("succeeded");
    const { secret: _, ...shown } = { secret: "", ...job };
    expect(await api.get(`/jobs/${end.uid}`)).toMatchObject(shown);
  });
});

describe("a job that is cancelled", () => {
  test("tells its work who wants it to stop, and why, and is stopped with the worker's word as evidence", async () => {
    let heard: unknown;
    const end = await run(async (signal, { uid, leaveBehind }) => {
      await cancel(uid);
      await untilStopped(signal).catch((reason) => (heard = reason));
      leaveBehind("3 of 9 files in /staging");
      signal.throwIfAborted();
    });

    const why = { kind: "cancelled", requestedBy: "ops", reason: "no longer needed" };
    expect(heard).toMatchObject({ name: "JobStopped", message: "ops cancelled the job: no longer needed", why });
    expect(end).toMatchObject({ outcome: "cancelled", why, recorded: "cancelled" });
    expect(await api.get(`/jobs/${end.uid}/receipt`)).toMatchObject({
      outcome: "stopped",
      assurance: "acknowledged",
      verified: false,
      evidence: { kind: "worker-acknowledged", witness: "principal ops" },
      residue: ["3 of 9 files in /staging"],
    });
  });

  test("hears of it with the next heartbeat, and goes on with them until it has stopped", async () => {
    const heartbeats = api.counted(heartbeat);
    const end = await run(async (signal, { uid, leaveBehind }) => {
      await cancel(uid);
      const asked = heartbeats();
      await untilStopped(signal).catch(() => leaveBehind(`heard after ${heartbeats() - asked}`));
      await api.answered(heartbeat);
      signal.throwIfAborted();
    });
    // One may have been on its way when the job was cancelled.
    expect(["heard after 1", "heard after 2"]).toContain((await api.get(`/jobs/${end.uid}/receipt`)).residue[0]);
  });

  test("has completed first when its work says that it is complete", async () => {
    const end = await run(async (signal, { uid, complete }) => {
      await cancel(uid);
      await untilStopped(signal).catch(complete);
      return "all 9 files";
    });
    expect(end).toMatchObject({ outcome: "succeeded", result: "all 9 files", recorded: "succeeded" });
    expect(await api.get(`/jobs/${end.uid}/receipt`)).toMatchObject({
      outcome: "completed-first",
      assurance: "acknowledged",
    });
  });

  test("has stopped when its work just returns, as a loop does that looks at the signal", async () => {
    const end = await run(async (signal, { uid }) => {
      await cancel(uid);
      for (let part = 0; part < 10_000; part++) {
        if (signal.aborted) return part;
        await api.answered(heartbeat);
      }
      return Number.POSITIVE_INFINITY;
    });
    expect(end).toMatchObject({ outcome: "cancelled", result: expect.any(Number), recorded: "cancelled" });
    expect(await api.get(`/jobs/${end.uid}/receipt`)).toMatchObject({ outcome: "stopped" });
  });

  test("has failed when its work breaks while it stops, which is a stop on record", async () => {
    const end = await run(async (signal, { uid }) => {
      await cancel(uid);
      await untilStopped(signal).catch(() => {});
      throw new Error("connection terminated");
    });
    expect(end).toMatchObject({ outcome: "failed", recorded: "cancelled" });
    expect(await api.get(`/jobs/${end.uid}`)).toMatchObject({ state: "cancelled", error: "connection terminated" });
  });

  test("stops as well when a function of Node makes an AbortError of the reason", async () => {
    const { setTimeout: pause } = await import("node:timers/promises");
    const end = await run(async (signal, { uid }) => {
      await cancel(uid);
      await pause(60_000, undefined, { signal });
    });
    expect(end).toMatchObject({ outcome: "cancelled", recorded: "cancelled" });
  });

  test("bounds what it says was left behind", async () => {
    const end = await run(async (signal, { uid, leaveBehind }) => {
      for (let part = 1; part <= 20; part++) leaveBehind(`${part}${"x".repeat(300)}`);
      await cancel(uid);
      await untilStopped(signal);
    });
    const { residue } = await api.get(`/jobs/${end.uid}/receipt`);
    expect(residue).toHaveLength(16);
    expect(residue[0]).toHaveLength(256);
    expect(residue[15]).toBe("and 5 more");
  });
});

test("a job that was cancelled before it started is not worked on, and its registration is not tried again", async () => {
  await api.cancelBefore("unborn");
  const registrations = api.counted("POST /jobs");
  let worked = false;
  const work = () => {
    worked = true;
  };
  await expect(run(work, { job: { ...query, jobId: "unborn" } })).rejects.toMatchObject({
    name: "JobApiError",
    status: 410,
    code: "cancelled-before-start",
  });
  expect([worked, registrations()]).toEqual([false, 1]);
});

describe("a queued job", () => {
  const queued = { job: { ...query, state: "queued" } } as const;

  test("is worked on once its start was accepted", async () => {
    const states: string[] = [];
    const see = async ({ uid }: RunningJob) => void states.push((await api.get(`/jobs/${uid}`)).state);
    const end = await run((_, job) => see(job), { ...queued, untilReady: (_, job) => see(job) });
    expect(states).toEqual(["queued", "running"]);
    expect(end).toMatchObject({ outcome: "succeeded", recorded: "succeeded" });
  });

  test("that is cancelled while it waits never starts", async () => {
    const steps: string[] = [];
    const end = await run(() => void steps.push("started"), {
      ...queued,
      untilReady: async (signal, { uid }) => {
        await api.answered(heartbeat);
        await cancel(uid);
        await untilStopped(signal).catch(() => steps.push("told to stop"));
      },
    });
    expect(steps).toEqual(["told to stop"]);
    expect(end).toMatchObject({
      outcome: "cancelled",
      why: { kind: "cancelled", requestedBy: "ops" },
      recorded: "cancelled",
    });
    expect(await api.get(`/jobs/${end.uid}/receipt`)).toMatchObject({
      assurance: "never-started",
      verified: false,
      evidence: { kind: "never-started" },
      contradictions: [],
    });
  });

  test("that is cancelled unheard learns it when it is to start, which is seen", async () => {
    let isStarted = false;
    const work = () => {
      isStarted = true;
    };
    const end = await run(work, {
      ...queued,
      heartbeatSeconds: 4,
      untilReady: async (_, { uid }) => void (await cancel(uid)),
    });
    expect(isStarted).toBe(false);
    expect(end).toMatchObject({ outcome: "cancelled", recorded: "cancelled" });
    expect(await api.get(`/jobs/${end.uid}/receipt`)).toMatchObject({
      assurance: "observed",
      verified: true,
      evidence: { kind: "start-refused" },
      contradictions: [],
    });
  });

  test("whose worker is shut down fails", async () => {
    const shutdown = new AbortController();
    const untilReady = async () => shutdown.abort();
    const end = await run(() => {}, { ...queued, signal: shutdown.signal, untilReady });
    expect(end).toMatchObject({ outcome: "failed", recorded: "failed" });
  });
});

describe("a worker that is shut down", () => {
  test("reports its job as failed", async () => {
    const shutdown = new AbortController();
    const end = await run(
      (signal) => {
        shutdown.abort();
        return untilStopped(signal);
      },
      { signal: shutdown.signal },
    );
    expect(end).toMatchObject({ outcome: "failed", error: { why: { kind: "shut-down" } }, recorded: "failed" });
    expect(await api.get(`/jobs/${end.uid}`)).toMatchObject({ state: "failed", error: "the worker was shut down" });
  });

  test("before it began registers nothing", async () => {
    const registrations = api.counted("POST /jobs");
    const reason = new Error("going down");
    await expect(run(() => {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(registrations()).toBe(0);
  });
});
