import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { callJobApi, registerJob, sqlJob, toReceipt } from "../../support/requests/cancel-requests.ts";
import { type InProcessBundle, inProcessBundle } from "../../support/stack/bundle.ts";
import { type JobsTable, startJobsTable } from "../../support/stack/jobs-table.ts";

let table: JobsTable;
let bundle: InProcessBundle;
beforeAll(async () => {
  table = await startJobsTable();
});
afterAll(() => table.stop());
beforeEach(() => {
  bundle = inProcessBundle(table);
});

const registration = (jobId: string) => ({ service: "dli", scope: sqlJob.scope, jobType: "QUERY", jobId });
const register = (jobId: string, token?: string) => callJobApi(bundle, "POST", "/jobs", registration(jobId), token);

describe("a worker that takes the place of one that is gone", () => {
  const leased = { heartbeatTimeoutSeconds: 10 };

  test("is let in once the lease is long over, and the old uid is fenced", async () => {
    const { jobId, uid } = await registerJob(bundle, sqlJob, "running", leased);
    bundle.clock.time += 19_999;
    expect((await register(jobId)).body.code).toBe("job-already-active");
    bundle.clock.time += 1;
    const again = await register(jobId);
    expect([again.status, again.body.state]).toEqual([201, "running"]);
    const late = await callJobApi(bundle, "POST", `/jobs/${uid}/heartbeat`, {});
    expect([late.status, late.body.code, late.body.state]).toEqual([409, "job-ended", "failed"]);
    expect((await callJobApi(bundle, "GET", `/jobs/${uid}`)).body.error).toBe(
      "no heartbeat for 20 s, and ops registered it again",
    );
    expect((await callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome: "succeeded" })).status).toBe(409);
    expect((await callJobApi(bundle, "GET", `/jobs/${again.body.uid}`)).body.state).toBe("running");
  });

  test("is let in for a queued job too", async () => {
    const { jobId } = await registerJob(bundle, sqlJob, "queued", leased);
    bundle.clock.time += 20_000;
    expect((await register(jobId)).status).toBe(201);
  });

  test("is not let in when it is somebody else's", async () => {
    const { jobId, uid } = await registerJob(bundle, sqlJob, "running", leased);
    bundle.clock.time += 1_000_000;
    expect((await register(jobId, "tenant-token")).body.code).toBe("job-already-active");
    expect((await callJobApi(bundle, "GET", `/jobs/${uid}`)).body.state).toBe("running");
  });

  test("is let in once, of many that try", async () => {
    const { jobId } = await registerJob(bundle, sqlJob, "running", leased);
    bundle.clock.time += 20_000;
    const tries = await Promise.all(Array.from({ length: 10 }, () => register(jobId)));
    expect(tries.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  test("is let in where the old one was to stop and is presumed to have", async () => {
    const { jobId, uid } = await registerJob(bundle, sqlJob, "stopping", { ...leased, graceSeconds: 5 });
    bundle.clock.time += 10_999;
    expect((await register(jobId)).body).toMatchObject({ code: "job-already-active", state: "stopping" });
    bundle.clock.time += 1;
    expect((await register(jobId)).status).toBe(201);
    expect(await toReceipt(bundle, uid)).toMatchObject({ outcome: "stopped", assurance: "presumed" });
  });
});

test("a registration that is sent again after its job was stopped is 410, with the receipt", async () => {
  const send = () =>
    bundle.send("POST", "/jobs", {
      headers: { authorization: "Bearer ops-token", "content-type": "application/json", "idempotency-key": "key-1" },
      body: JSON.stringify(registration("restarted")),
    });
  const { uid } = (await send()).body;
  await callJobApi(bundle, "POST", `/jobs/${uid}/cancel`, {});
  // It is stopping still: whoever registered it hears of that in the answer.
  expect(await send()).toMatchObject({ status: 201, body: { uid, state: "stopping", cancel: { requestedBy: "ops" } } });
  await callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome: "cancelled" });
  expect(await send()).toMatchObject({
    status: 410,
    body: {
      code: "already-cancelled",
      job: { uid, state: "cancelled" },
      receipt: { uid, outcome: "stopped", assurance: "acknowledged" },
    },
  });
});

test("a registration that is sent again after others have taken the id gives the job that it gave at first", async () => {
  const jobId = "keyed";
  const send = async (key: string) => {
    const headers = { authorization: "Bearer ops-token", "content-type": "application/json", "idempotency-key": key };
    return bundle.send("POST", "/jobs", { headers, body: JSON.stringify(registration(jobId)) });
  };
  const uids: unknown[] = [];
  for (const key of ["k1", "k2", "k3"]) {
    const { status, body } = await send(key);
    expect(status).toBe(201);
    uids.push(body.uid);
    await callJobApi(bundle, "POST", `/jobs/${body.uid}/finish`, { outcome: "succeeded" });
    bundle.clock.time += 1_000;
  }
  expect(new Set(uids).size).toBe(3);
  const again = await Promise.all(["k1", "k2", "k3"].map(send));
  expect(again.map(({ status, body }) => [status, body.uid, body.state])).toEqual(
    uids.map((uid) => [201, uid, "succeeded"]),
  );
});

describe("text that is not well-formed Unicode", () => {
  const half = "customer asked \ud83d";

  test.each([
    ["the reason of a cancel", "cancel", { reason: half }],
    ["the error of a report", "finish", { outcome: "failed", error: half }],
    ["what a report says was left behind", "finish", { outcome: "failed", residue: [half] }],
    ["the name of a member", "cancel", { [half]: "x" }],
  ])("in %s is 400, and nothing is done", async (_, act, body) => {
    const { uid } = await registerJob(bundle, sqlJob);
    const { status, body: answer } = await callJobApi(bundle, "POST", `/jobs/${uid}/${act}`, body);
    expect([status, answer.code, answer.detail]).toEqual([
      400,
      "malformed-request",
      expect.stringContaining("not well-formed Unicode"),
    ]);
    expect((await callJobApi(bundle, "GET", `/jobs/${uid}`)).body.state).toBe("running");
  });

  test("in a label is 400", async () => {
    const { status } = await callJobApi(bundle, "POST", "/jobs", { ...registration("half"), labels: { x: "x\ud83d" } });
    expect(status).toBe(400);
  });
});

test("members that are null are left out", async () => {
  const empty = { secret: null, labels: null, maxRuntimeSeconds: null, state: null };
  const { status, body } = await callJobApi(bundle, "POST", "/jobs", { ...registration("nulls"), ...empty });
  expect([status, body.state, body.labels, body.maxRuntimeSeconds]).toEqual([201, "running", {}, null]);
  expect((await callJobApi(bundle, "POST", `/jobs/${body.uid}/cancel`, { reason: null })).status).toBe(202);
  const required = await callJobApi(bundle, "POST", `/jobs/${body.uid}/finish`, { outcome: null });
  expect([required.status, required.body.detail]).toEqual([400, expect.stringContaining("outcome is missing")]);
});

test("an answer to an invalid request does not grow with it", async () => {
  const labels = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`label-${i}`, i]));
  const { status, text } = await callJobApi(bundle, "POST", "/jobs", { ...registration("many"), labels });
  expect(status).toBe(400);
  expect(text.length).toBeLessThan(4_000);
});

test("a body that is nested too deep is 400", async () => {
  const { uid } = await registerJob(bundle, sqlJob);
  const body = `{"reason":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
  const headers = { authorization: "Bearer ops-token", "content-type": "application/json" };
  expect((await bundle.send("POST", `/jobs/${uid}/cancel`, { headers, body })).status).toBe(400);
});
