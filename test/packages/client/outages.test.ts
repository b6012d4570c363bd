import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { pauseMs, persist } from "../../../packages/client/src/persist.ts";
import {
  JobApiError,
  type JobRegistration,
  type RunJobOptions,
  runJob,
  type Work,
} from "../../../packages/client/src/run-job.ts";
import { freePort } from "../../../packages/local/platform/listen.ts";
import { projectId, startJobApi, token } from "./job-api-server.ts";
import { untilStopped } from "./until-stopped.ts";

let api: Awaited<ReturnType<typeof startJobApi>>;

beforeAll(async () => {
  api = await startJobApi();
});
afterAll(() => api.stop());
afterEach(() => {
  for (const route of [register, heartbeat, finish]) api.mishaps(route);
});

const register = "POST /jobs";
const heartbeat = "POST /jobs/{uid}/heartbeat";
const finish = "POST /jobs/{uid}/finish";
const brokenDown = new Array(100).fill({ status: 503 });

const query: JobRegistration = { service: "dli", scope: { projectId }, heartbeatTimeoutSeconds: 5 };
const withShortLease = { job: { ...query, heartbeatTimeoutSeconds: 1, graceSeconds: 0 } };
/** The short lease of a worker that stops when it is lost. */
const stopping = { ...withShortLease, onLost: "stop" } as const;

const run = <Result>(work: Work<Result>, options: Partial<RunJobOptions> = {}) =>
  runJob({ endpoint: api.endpoint, token, job: query, heartbeatSeconds: 0.03, ...options }, work);

test("a server that is away for less than the lease is not missed", async () => {
  const end = await run(async (signal) => {
    await api.goDown();
    await api.someoneTries();
    await api.comeBack();
    await api.answered(heartbeat);
    return signal.aborted;
  });
  expect(end).toMatchObject({ outcome: "succeeded", result: false, recorded: "succeeded" });
});

test("a registration whose answer is lost gives one job", async () => {
  const registrations = api.counted(register);
  api.mishaps(register, "lost-answer");
  const labels = { run: "lost-registration" };
  const end = await run(() => {}, { job: { ...query, labels } });
  expect(registrations()).toBe(2);
  const { jobs } = await api.get("/jobs?label=run=lost-registration");
  expect(jobs.map(({ uid }: { uid: string }) => uid)).toEqual([end.uid]);
});

test("a job that was cancelled before its registration was heard of does not begin", async () => {
  api.mishaps(register, "lost-answer", async () => {
    const { jobs } = await api.get("/jobs?label=run=unheard");
    await api.post(`/jobs/${jobs[0].uid}/cancel`);
  });
  const end = await run(() => "begun", { job: { ...query, labels: { run: "unheard" } } });
  expect(end).toMatchObject({ outcome: "cancelled", why: { requestedBy: "ops" }, recorded: "cancelled" });
});

test("an end whose report's answer is lost is on record all the same", async () => {
  const reports = api.counted(finish);
  api.mishaps(finish, "lost-answer");
  expect(await run(() => {})).toMatchObject({ outcome: "succeeded", recorded: "succeeded" });
  expect(reports()).toBe(2);
});

test.each([408, 429, 500, 503])("an answer of %i is no refusal", async (status) => {
  for (const route of [register, heartbeat, finish]) api.mishaps(route, { status });
  const end = await run(async (signal) => {
    await api.answered(heartbeat);
    await api.answered(heartbeat);
    return signal.aborted;
  });
  expect(end).toMatchObject({ result: false, recorded: "succeeded" });
});

test("an end that cannot be reported in time says so", async () => {
  api.mishaps(finish, ...brokenDown);
  const end = await run(() => 1, { reportSeconds: 0.2 });
  // A 503, or no answer at all where the time ran out during a request.
  expect(end).toMatchObject({ outcome: "succeeded", recorded: undefined, reportError: expect.any(JobApiError) });
});

test("a worker that cannot send a heartbeat goes on: nobody is known to have cancelled its job", async () => {
  const end = await run(async (signal) => {
    api.mishaps(heartbeat, ...brokenDown);
    await pause(1_300);
    api.mishaps(heartbeat);
    await api.answered(heartbeat);
    return signal.aborted;
  }, withShortLease);
  expect(end).toMatchObject({ outcome: "succeeded", result: false, recorded: "succeeded" });
});

test("a worker that is to stop then stops by itself, and reports that once it can", async () => {
  const end = await run((signal) => {
    api.mishaps(heartbeat, ...brokenDown);
    return untilStopped(signal).finally(() => api.mishaps(heartbeat));
  }, stopping);
  expect(end).toMatchObject({ outcome: "failed", error: { why: { kind: "lease-lost" } }, recorded: "failed" });
});

test("a worker that cannot be told to stop has stopped when that is presumed, and says so late", async () => {
  let stoppedAt = Number.POSITIVE_INFINITY;
  const end = await run(
    async (signal, { uid }) => {
      api.mishaps(heartbeat, ...brokenDown);
      await api.post(`/jobs/${uid}/cancel`);
      // The report has to come too late as well.
      api.mishaps(finish, ...brokenDown);
      return untilStopped(signal).finally(() => {
        stoppedAt = Date.now();
        setTimeout(() => api.mishaps(finish), 1_100);
      });
    },
    { ...stopping, reportSeconds: 5 },
  );

  expect(end).toMatchObject({ outcome: "failed", error: { why: { kind: "lease-lost" } }, recorded: "cancelled" });
  const { assurance, steps, contradictions } = await api.get(`/jobs/${end.uid}/receipt`);
  const [, presumed, told] = steps;
  expect([presumed.step, told.step]).toEqual(["lease-expired", "worker-acknowledged"]);
  expect([assurance, contradictions]).toEqual(["acknowledged", []]);
  expect(stoppedAt).toBeLessThanOrEqual(Date.parse(presumed.at) + 5);
});

test("a job that was ended behind the worker's back is given up", async () => {
  const end = await run(async (signal, { uid }) => {
    await api.post(`/jobs/${uid}/finish`, { outcome: "succeeded" });
    await untilStopped(signal);
  });
  expect(end).toMatchObject({
    outcome: "failed",
    error: { why: { kind: "ended", state: "succeeded" } },
    recorded: "succeeded",
  });
});

test("a registration that is refused is an error with the server's code, and the work is not done", async () => {
  const steps: string[] = [];
  const job = { ...query, jobId: "only-once" };
  await run(
    () => run(() => void steps.push("second"), { job }).catch(({ status, code }) => void steps.push(status, code)),
    { job },
  );
  expect(steps).toEqual([409, "job-already-active"]);
});

test("a server that is not there is an error once the lease has gone by, with its cause and without the token", async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const attempt = run(() => {}, { ...withShortLease, endpoint, heartbeatSeconds: 0.5 });
  const error = await attempt.catch((reason) => reason);
  expect(error).toMatchObject({ name: "JobApiError", message: "POST /jobs got no answer", status: undefined });
  expect(error.cause.cause).toMatchObject({ code: "ECONNREFUSED" });
  expect(inspect(error)).not.toContain(token);
});

test("an attempt that is broken off leaves the error of the one before it", async () => {
  const refused = new JobApiError("refused", { cause: new Error("ECONNREFUSED") });
  const broken = new JobApiError("broken off");
  const end = new AbortController();
  const errors = [refused, broken];
  const request = async () => {
    const error = errors.shift();
    if (error === broken) end.abort();
    throw error;
  };
  await expect(persist(request, { signal: end.signal, maxMs: 1 })).rejects.toBe(refused);
  errors.push(broken);
  await expect(persist(request, { signal: AbortSignal.abort(), maxMs: 1 })).rejects.toBe(broken);
});

test("options that make no sense are refused at once, without showing the token", async () => {
  await expect(run(() => {}, { heartbeatSeconds: 5 })).rejects.toThrow(RangeError);
  await expect(run(() => {}, { endpoint: "localhost" })).rejects.toThrow(TypeError);
  await expect(run(() => {}, { token: "a\nb" })).rejects.toThrow("The token must be visible ASCII characters.");
});

test("a token may be another with each request", async () => {
  const tokens = ["withdrawn", token];
  const next = () => tokens.shift() ?? token;
  await expect(run(() => {}, { token: next })).rejects.toMatchObject({ status: 401, code: "unauthenticated" });
  expect(await run(() => {}, { token: async () => next() })).toMatchObject({ recorded: "succeeded" });
});

test("pauses double, keep the time that the server asks for, and leave time for another attempt", () => {
  const most = 15_000;
  expect([0, 1, 2, 20].map((failures) => pauseMs(failures, 0, most, 1))).toEqual([100, 200, 400, most]);
  expect(pauseMs(0, 0, most, 0)).toBe(50);
  expect(pauseMs(0, 3000, most, 1)).toBe(3000);
  expect(pauseMs(0, 60_000, most, 1)).toBe(most);
});

test("the server's Retry-After is kept", async () => {
  api.mishaps(register, { status: 429, headers: { "Retry-After": "1" } });
  const started = performance.now();
  await run(() => {});
  expect(performance.now() - started).toBeGreaterThanOrEqual(1000);
});

test("nothing keeps the process alive after the end", async () => {
  const script = `
    import { runJob } from ${JSON.stringify(new URL("../../../packages/client/src/run-job.ts", import.meta.url).href)};
    const { outcome } = await runJob(${JSON.stringify({ endpoint: api.endpoint, token, job: query })}, () => {});
    console.log(outcome);`;
  const worker = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  let saidAt = 0;
  worker.stdout.on("data", (data) => {
    said += data;
    saidAt = performance.now();
  });
  await once(worker, "close");
  expect(said).toBe("succeeded\n");
  expect(performance.now() - saidAt).toBeLessThan(1000);
});
