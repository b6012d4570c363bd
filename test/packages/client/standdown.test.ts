import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { JobRegistration } from "../../../packages/client/src/registration.ts";
import { runJob, type Work } from "../../../packages/client/src/run-job.ts";
import { Standdown, type StanddownOptions } from "../../../packages/client/src/standdown.ts";
import { freePort } from "../../../packages/local/platform/listen.ts";
import { projectId, startJobApi, token } from "./job-api-server.ts";
import { untilStopped } from "./until-stopped.ts";

let api: Awaited<ReturnType<typeof startJobApi>>;

beforeAll(async () => {
  api = await startJobApi();
});
afterAll(() => api.stop());
afterEach(() => {
  for (const route of [read, list, cancel, receipt]) api.mishaps(route);
});

const read = "GET /jobs/{uid}";
const list = "GET /jobs";
const cancel = "POST /jobs/{uid}/cancel";
const receipt = "GET /jobs/{uid}/receipt";

const query: JobRegistration = { service: "dli", scope: { projectId }, heartbeatTimeoutSeconds: 5 };

const connect = (options: Partial<StanddownOptions> = {}) =>
  new Standdown({ endpoint: api.endpoint, token, ...options });

const run = <Result>(work: Work<Result>, job: JobRegistration = query) =>
  runJob({ endpoint: api.endpoint, token, job, heartbeatSeconds: 0.03 }, work);

/** A job that a worker runs until it is told to stop, and the end that the worker reports. */
const startWorker = async () => {
  const uid = Promise.withResolvers<string>();
  const ended = run((signal, job) => {
    uid.resolve(job.uid);
    return untilStopped(signal);
  });
  return { uid: await uid.promise, ended };
};

const everythingIn = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
};

describe("a job that is cancelled by its handle", () => {
  test("stops, and the result is the receipt with the worker's evidence", async () => {
    const { uid, ended } = await startWorker();
    const cancellation = await connect().job(uid).cancel({ reason: "no longer needed" });
    const final = await cancellation.result({ timeout: 10_000 });
    expect(final).toMatchObject({
      uid,
      reason: "no longer needed",
      requestedBy: "ops",
      outcome: "stopped",
      evidence: { kind: "worker-acknowledged" },
    });
    expect(final).toEqual(await api.get(`/jobs/${uid}/receipt`));
    expect(await ended).toMatchObject({ outcome: "cancelled", recorded: "cancelled" });
  });

  test("is cancelled without a reason as well, and a second time gives the same cancellation", async () => {
    const standdown = connect();
    const job = await standdown.jobs.register(query);
    const first = await job.cancel();
    const second = await standdown.job(job.uid).cancel({ reason: "again" });
    expect([first.uid, second.uid]).toEqual([job.uid, job.uid]);
    expect(await second.receipt()).toMatchObject({ outcome: "stopping", reason: null, repeats: 1 });
    expect(await job.get()).toMatchObject({ uid: job.uid, state: "stopping" });
  });

  test("is followed by whoever has its uid, without a cancel of their own", async () => {
    const { uid, ended } = await startWorker();
    const standdown = connect();
    await standdown.job(uid).cancel();
    expect(await standdown.job(uid).result({ timeout: 10_000 })).toMatchObject({ outcome: "stopped", repeats: 0 });
    expect(await standdown.job(uid).receipt()).toMatchObject({ outcome: "stopped" });
    await ended;
  });

  test("has completed first when the work was done", async () => {
    const end = await run(async (signal, { uid, complete }) => {
      await connect().job(uid).cancel();
      await untilStopped(signal).catch(complete);
    });
    const final = await connect().job(end.uid).result({ timeout: 10_000 });
    expect(final).toMatchObject({ outcome: "completed-first" });
  });

  test("is cancelled once when the answer to the cancel is lost", async () => {
    const job = await connect().jobs.register(query);
    api.mishaps(cancel, "lost-answer", { status: 503 });
    const cancellation = await job.cancel();
    expect(await cancellation.receipt()).toMatchObject({ outcome: "stopping", requestedBy: "ops" });
  });
});

describe("what the server refuses is an error with its code, status and problem", () => {
  test("too late", async () => {
    const { uid } = await run(() => {});
    const attempt = connect().job(uid).cancel();
    await expect(attempt).rejects.toMatchObject({
      name: "JobApiError",
      message: `POST /jobs/${uid}/cancel was answered 409 (too-late: Its state says why.)`,
      status: 409,
      code: "too-late",
      job: { uid, state: "succeeded" },
      problem: { title: "The job can no longer be cancelled", status: 409, requestId: expect.any(String) },
    });
  });

  test("a type that cannot be cancelled", async () => {
    const job = await connect().jobs.register({ ...query, service: "dli", jobType: "SCALE_QUEUE" });
    await expect(job.cancel()).rejects.toMatchObject({ status: 409, code: "unsupported-type" });
  });

  test("no such job, no cancellation, no permission", async () => {
    const standdown = connect();
    const unknown = standdown.job("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    const refusal = { name: "JobApiError", status: 404, code: "job-not-found" };
    await expect(unknown.get()).rejects.toMatchObject(refusal);
    await expect(unknown.cancel()).rejects.toMatchObject(refusal);
    await expect(unknown.receipt()).rejects.toMatchObject(refusal);
    await expect(unknown.result({ timeout: 10_000 })).rejects.toMatchObject(refusal);

    const job = await standdown.jobs.register(query);
    const uncancelled = { status: 404, code: "no-cancellation" };
    await expect(job.receipt()).rejects.toMatchObject(uncancelled);
    await expect(job.result({ timeout: 10_000 })).rejects.toMatchObject(uncancelled);

    const stranger = connect({ token: "another" }).job(job.uid).get();
    await expect(stranger).rejects.toMatchObject({ status: 401, code: "unauthenticated" });
  });

  test("an answer of a gateway on the way has a status, and no problem", async () => {
    const job = await connect().jobs.register(query);
    api.mishaps(read, { status: 403 });
    await expect(job.get()).rejects.toMatchObject({ status: 403, code: undefined, problem: undefined });
  });
});

describe("a list of jobs", () => {
  const labels = { run: "list" };
  const registered: string[] = [];

  beforeAll(async () => {
    for (let number = 1; number <= 5; number++) {
      const { uid } = await connect().jobs.register({ ...query, jobId: `list-${number}`, labels });
      registered.unshift(uid);
    }
  });

  test("goes through all pages, newest first", async () => {
    const pages = api.counted(list);
    const jobs = await everythingIn(connect().jobs.list({ service: "dli", label: "run=list" }, { pageSize: 2 }));
    expect(jobs.map(({ uid }) => uid)).toEqual(registered);
    expect(jobs[0]).toMatchObject({ jobId: "list-5", state: "running", labels });
    expect(pages()).toBeGreaterThanOrEqual(3);
  });

  test("asks for a page when the loop reaches it, and not before", async () => {
    const pages = api.counted(list);
    const jobs = connect().jobs.list({ service: "dli", project: projectId, label: "run=list" }, { pageSize: 2 });
    expect(pages()).toBe(0);
    const seen: number[] = [];
    for await (const job of jobs) {
      seen.push(pages());
      if (job.jobId === "list-2") break;
    }
    expect(seen).toEqual([1, 1, 2, 2]);
  });

  test("is empty where there is none, and needs no filter", async () => {
    expect(await everythingIn(connect().jobs.list({ label: "run=never" }))).toEqual([]);
    expect((await everythingIn(connect().jobs.list())).length).toBeGreaterThanOrEqual(5);
  });

  test("leaves out members of the filter that are undefined", async () => {
    const filter: Record<string, undefined> = { project: undefined };
    expect(await everythingIn(connect().jobs.list({ label: "run=list", ...filter }))).toHaveLength(5);
  });

  test("ends with the refusal of a filter that makes no sense", async () => {
    const jobs = connect().jobs.list({ label: "=" });
    await expect(jobs.next()).rejects.toMatchObject({ status: 400 });
  });

  test("survives a server that is busy between two pages", async () => {
    const jobs = connect().jobs.list({ service: "dli", label: "run=list" }, { pageSize: 2 });
    await jobs.next();
    api.mishaps(list, { status: 429 }, { status: 503 });
    expect(await everythingIn(jobs)).toHaveLength(4);
  });
});

describe("a registration", () => {
  test("with the same key gives the same job", async () => {
    const job = { ...query, jobId: "registered-twice" };
    const [first, second] = [
      await connect().jobs.register(job, { idempotencyKey: "key-1" }),
      await connect().jobs.register(job, { idempotencyKey: "key-1" }),
    ];
    expect(second.uid).toBe(first.uid);
    await expect(connect().jobs.register(job)).rejects.toMatchObject({ status: 409, code: "job-already-active" });
  });

  test("whose answer is lost gives one job", async () => {
    api.mishaps("POST /jobs", "lost-answer");
    const job = await connect().jobs.register({ ...query, labels: { run: "lost" } });
    const jobs = await everythingIn(connect().jobs.list({ label: "run=lost" }));
    expect(jobs.map(({ uid }) => uid)).toEqual([job.uid]);
  });
});

describe("a call", () => {
  test("is sent again while the server is busy, and the last refusal is the error once its time is up", async () => {
    const job = await connect().jobs.register(query);
    api.mishaps(read, { status: 503 }, { status: 429 });
    expect(await job.get()).toMatchObject({ uid: job.uid });

    api.mishaps(read, ...new Array(100).fill({ status: 503, headers: { "Retry-After": "60" } }));
    const impatient = connect({ timeout: 200 }).job(job.uid).get();
    await expect(impatient).rejects.toMatchObject({ status: 503, retryAfterMs: 60_000, isTransient: true });
  });

  test("without a server is an error without a status, and with its cause", async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const attempt = connect({ endpoint, timeout: 101 }).job("01ARZ3NDEKTSV4RRFFQ69G5FAV").get();
    await expect(attempt).rejects.toMatchObject({ name: "JobApiError", status: undefined, cause: expect.any(Error) });
  });

  test("is given up with the signal's reason", async () => {
    const job = await connect().jobs.register(query);
    const reason = new Error("the request was closed");
    const closed = { signal: AbortSignal.abort(reason) };
    const reads = api.counted(read);
    await expect(job.get(closed)).rejects.toBe(reason);
    await expect(job.cancel(closed)).rejects.toBe(reason);
    await expect(job.receipt(closed)).rejects.toBe(reason);
    await expect(job.result({ timeout: 1000, ...closed })).rejects.toBe(reason);
    await expect(connect().jobs.list({}, closed).next()).rejects.toBe(reason);
    await expect(connect().jobs.register(query, closed)).rejects.toBe(reason);
    expect(reads()).toBe(0);

    const closing = new AbortController();
    api.mishaps(read, async () => closing.abort(reason), { status: 503 });
    await expect(job.get({ signal: closing.signal })).rejects.toBe(reason);
  });
});

describe("options that make no sense", () => {
  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])("a timeout of %d", async (timeout) => {
    expect(() => connect({ timeout })).toThrow(RangeError);
    const waiting = connect().job("01ARZ3NDEKTSV4RRFFQ69G5FAV").result({ timeout });
    await expect(waiting).rejects.toThrow("timeout must be a number of milliseconds");
  });

  test("an endpoint that is no URL, a token that no header can carry, a uid that would lead elsewhere", () => {
    expect(() => connect({ endpoint: "localhost" })).toThrow(TypeError);
    expect(() => connect({ token: "a\nb" })).toThrow("The token must be visible ASCII characters.");
    for (const uid of ["", "..", "a/b", "a?b"]) expect(() => connect().job(uid)).toThrow(TypeError);
  });
});
