import * as v from "valibot";
import { describe, expect, test } from "vitest";
import * as schemas from "../../../functions/jobs/response-schemas.ts";
import {
  callJobApi,
  createIndex,
  registerJob,
  scheduledTask,
  sqlJob,
  toReceipt,
} from "../../support/requests/cancel-requests.ts";
import { project, useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

const call = (method: string, path: string, body?: object, token?: string) =>
  callJobApi(bundle, method, path, body, token);
const sql = (more: object = {}) => ({ service: "dli", scope: { projectId: project }, ...more });

describe("POST /jobs", () => {
  test("registers a job with defaults for all that was left out, and says where it is", async () => {
    const { status, body, headers } = await call("POST", "/jobs", sql());
    expect(status).toBe(201);
    expect(v.parse(schemas.job, body)).toMatchObject({
      state: "running",
      jobType: "QUERY",
      backend: { kind: "worker" },
      heartbeatTimeoutSeconds: 300,
      graceSeconds: 30,
      labels: {},
      registeredBy: "ops",
      cancel: null,
    });
    expect(body.jobId).toMatch(/^[0-9a-f-]{36}$/);
    expect(body.uid).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
    expect(headers.Location).toBe(`/jobs/${body.uid}`);
    expect((await call("GET", String(headers.Location))).body).toEqual(body);
  });

  test("refuses an id whose job is active, and shows that job", async () => {
    const { jobId, uid } = await registerJob(bundle, sqlJob);
    const { status, body, headers } = await call("POST", "/jobs", sql({ jobId }));
    expect(status).toBe(409);
    expect(headers["Content-Type"]).toBe("application/problem+json");
    expect(v.parse(schemas.problem, body)).toMatchObject({
      code: "job-already-active",
      state: "running",
      job: { uid },
    });
  });

  test.each([{ jobId: "idempotent" }, {}])("answers the same Idempotency-Key with the same job: %j", async (id) => {
    const send = (key: string) =>
      bundle.send("POST", "/jobs", {
        headers: { authorization: "Bearer ops-token", "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify(sql(id)),
      });
    const first = await send("one");
    expect([first.status, (await send("one")).text]).toEqual([201, first.text]);
    expect((await send("two")).status).toBe("jobId" in id ? 409 : 201);
  });

  test("names the header of a key that is none", async () => {
    const headers = {
      authorization: "Bearer ops-token",
      "content-type": "application/json",
      "idempotency-key": "two words",
    };
    const { status, text } = await bundle.send("POST", "/jobs", { headers, body: JSON.stringify(sql()) });
    expect([status, JSON.parse(text).detail]).toEqual([
      400,
      "Idempotency-Key must be 1 to 255 visible ASCII characters",
    ]);
  });

  test.each([
    ["an unknown service", { service: "emr" }, "service must be one of analyticdb-index"],
    ["no service", {}, "service is missing"],
    ["no scope", { service: "dli" }, "scope is missing"],
    ["a scope of another service", sql({ scope: { regionId: "cn-hangzhou" } }), "scope.projectId is missing"],
    ["an unknown field", sql({ color: "red" }), "color must be left out"],
    ["an unknown job type", sql({ jobType: "SELECT" }), "jobType must be one of QUERY"],
    ["a state to end in", sql({ state: "cancelled" }), "state must be queued or running"],
    ["a fraction of a second", sql({ heartbeatTimeoutSeconds: 0.5 }), "heartbeatTimeoutSeconds must be whole seconds"],
    ["a secret that the service has no use for", sql({ secret: "x" }), "secret must be left out"],
    ["labels that are no texts", sql({ labels: { team: 1 } }), "labels.team must be text"],
    [
      "neither instance nor workspace",
      { service: "analyticdb-index", scope: { regionId: "cn-hangzhou", namespace: "n", collection: "c" } },
      "scope.dbInstanceId is missing",
    ],
  ])("refuses %s", async (_, body, detail) => {
    const reply = await call("POST", "/jobs", body);
    expect([reply.status, reply.body.code]).toEqual([400, "invalid-request"]);
    expect(reply.body.detail).toContain(detail);
    expect(reply.text).not.toMatch(/Invalid (type|key)|Expected|received/);
  });

  test.each([
    ["[]", 400, "invalid-request"],
    ["null", 400, "invalid-request"],
    ["{", 400, "malformed-request"],
    [Buffer.from([0x22, 0xff, 0x22]), 400, "malformed-request"],
    [`{"a":"${"x".repeat(1024 * 1024)}"}`, 413, "body-too-large"],
  ])("refuses the body %#", async (body, status, code) => {
    const headers = { authorization: "Bearer ops-token", "content-type": "application/json" };
    const reply = await bundle.send("POST", "/jobs", { headers, body });
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  test("refuses what does not say that it is JSON", async () => {
    const headers = { authorization: "Bearer ops-token", "content-type": "text/plain" };
    const reply = await bundle.send("POST", "/jobs", { headers, body: "{}" });
    expect([reply.status, reply.body.code]).toEqual([415, "wrong-content-type"]);
  });
});

describe("a worker's reports", () => {
  test("a heartbeat renews the lease, and carries the stop request", async () => {
    const { uid } = await registerJob(bundle, sqlJob, "running", { heartbeatTimeoutSeconds: 10, graceSeconds: 5 });
    bundle.clock.time += 9_000;
    const before = await call("POST", `/jobs/${uid}/heartbeat`);
    expect(v.parse(schemas.heartbeatAnswer, before.body)).toEqual({
      state: "running",
      cancel: null,
      leaseExpiresAt: new Date(bundle.clock.time + 10_000).toISOString(),
    });
    await call("POST", `/jobs/${uid}/cancel`, { reason: "too dear" });
    const after = await call("POST", `/jobs/${uid}/heartbeat`, {});
    expect(v.parse(schemas.heartbeatAnswer, after.body)).toMatchObject({
      state: "stopping",
      cancel: { reason: "too dear", requestedBy: "ops", stopBy: new Date(bundle.clock.time + 5_000).toISOString() },
    });
  });

  test("a heartbeat is logged only when it carries the stop request", async () => {
    const { uid } = await registerJob(bundle, sqlJob);
    bundle.logged.length = 0;
    await call("POST", `/jobs/${uid}/heartbeat`);
    expect(bundle.logged).toEqual([]);
    await call("POST", `/jobs/${uid}/cancel`);
    await call("POST", `/jobs/${uid}/heartbeat`);
    expect(bundle.logged).toHaveLength(2);
  });

  test("a queued job is taken into work by a heartbeat that says so, and only then", async () => {
    const { uid } = await registerJob(bundle, scheduledTask, "queued");
    expect((await call("POST", `/jobs/${uid}/heartbeat`)).body.state).toBe("queued");
    expect((await call("POST", `/jobs/${uid}/finish`, { outcome: "succeeded" })).body.code).toBe("not-started");
    expect((await call("POST", `/jobs/${uid}/heartbeat`, { state: "running" })).body.state).toBe("running");
    expect((await call("GET", `/jobs/${uid}`)).body.startedAt).not.toBeNull();
  });

  test("a queued job that was cancelled never starts", async () => {
    const { uid, jobId } = await registerJob(bundle, scheduledTask, "queued");
    expect((await scheduledTask.send(bundle, jobId)).status).toBe(204);
    const { status, body } = await call("POST", `/jobs/${uid}/heartbeat`, { state: "running" });
    expect([status, body.code, body.state]).toEqual([409, "job-ended", "cancelled"]);
    expect(body.job).toMatchObject({ cancel: { requestedBy: "ops" } });
  });

  test("a worker that was told to stop and lost its lease is fenced: cancelled by lease-expired, later reports refused", async () => {
    const { uid, jobId } = await registerJob(bundle, sqlJob, "running", {
      heartbeatTimeoutSeconds: 10,
      graceSeconds: 5,
    });
    bundle.clock.time += 4_000;
    await sqlJob.send(bundle, jobId);
    bundle.clock.time += 10_999;
    expect((await call("GET", `/jobs/${uid}`)).body.state).toBe("stopping");
    bundle.clock.time += 1;
    expect((await call("GET", `/jobs/${uid}`)).body.state).toBe("cancelled");
    expect((await call("POST", `/jobs/${uid}/heartbeat`)).body.code).toBe("job-ended");
    expect((await call("POST", `/jobs/${uid}/finish`, { outcome: "succeeded" })).status).toBe(409);
    expect(await toReceipt(bundle, uid)).toMatchObject({
      outcome: "stopped",
      assurance: "contradicted",
      verified: false,
      evidence: { kind: "lease-expired" },
      timeToStopMs: null,
      residue: null,
      contradictions: [{ what: "a heartbeat" }, { what: "a report: succeeded" }],
    });
  });

  test("the late report itself settles the expiry, and so does a late cancel", async () => {
    const late = async (act: (uid: string, jobId: string) => Promise<{ status: number }>) => {
      const { uid, jobId } = await registerJob(bundle, sqlJob, "stopping", {
        heartbeatTimeoutSeconds: 1,
        graceSeconds: 1,
      });
      bundle.clock.time += 2_000;
      expect((await act(uid, jobId)).status).toBeGreaterThanOrEqual(400);
      expect((await toReceipt(bundle, uid)).evidence).toMatchObject({ kind: "lease-expired" });
    };
    await late((uid) => call("POST", `/jobs/${uid}/finish`, { outcome: "succeeded" }));
    await late((_, jobId) => sqlJob.send(bundle, jobId));
  });

  test("finishing twice is refused and shows the job", async () => {
    const { uid } = await registerJob(bundle, sqlJob, "succeeded");
    const { status, body } = await call("POST", `/jobs/${uid}/finish`, { outcome: "succeeded" });
    expect([status, body.code, body.state]).toEqual([409, "job-ended", "succeeded"]);
  });

  test("what failed keeps its error, and cancelled is refused where nobody asked to cancel", async () => {
    const { uid } = await registerJob(bundle, sqlJob);
    expect((await call("POST", `/jobs/${uid}/finish`, { outcome: "cancelled" })).body.code).toBe("not-cancelled");
    expect((await call("POST", `/jobs/${uid}/finish`, { outcome: "failed", error: "disk full" })).body).toMatchObject({
      state: "failed",
      error: "disk full",
    });
  });
});

describe("POST /jobs/{uid}/cancel", () => {
  test("202 while the job is stopping, 200 once it ended by it, with the receipt", async () => {
    const { uid } = await registerJob(bundle, createIndex);
    const first = await call("POST", `/jobs/${uid}/cancel`, { reason: "wrong table" });
    expect(first.status).toBe(202);
    expect(v.parse(schemas.receipt, first.body)).toMatchObject({
      outcome: "stopping",
      verified: false,
      reason: "wrong table",
    });
    expect((await call("POST", `/jobs/${uid}/cancel`)).body).toMatchObject({ reason: "wrong table", repeats: 1 });
    await call("POST", `/jobs/${uid}/finish`, { outcome: "cancelled" });
    const last = await call("POST", `/jobs/${uid}/cancel`);
    expect(last.status).toBe(200);
    expect(v.parse(schemas.receipt, last.body)).toMatchObject({
      outcome: "stopped",
      assurance: "acknowledged",
      repeats: 2,
    });
  });

  test("409 with the state where it is too late or the type cannot be cancelled", async () => {
    const { uid } = await registerJob(bundle, sqlJob, "succeeded");
    expect((await call("POST", `/jobs/${uid}/cancel`)).body).toMatchObject({ code: "too-late", state: "succeeded" });
    const scaling = await registerJob(bundle, { ...sqlJob, jobType: "SCALE_QUEUE" });
    expect((await call("POST", `/jobs/${scaling.uid}/cancel`)).body).toMatchObject({ code: "unsupported-type" });
  });
});

test("the description names every route and parses the answers", async () => {
  const { body } = await bundle.send("GET", "/openapi.json");
  expect(body.openapi).toBe("3.1.0");
  expect(Object.keys(body.paths as object)).toEqual([
    "/jobs",
    "/jobs/{uid}",
    "/jobs/{uid}/heartbeat",
    "/jobs/{uid}/finish",
    "/jobs/{uid}/cancel",
    "/jobs/{uid}/receipt",
    "/receipts",
    "/#Action=CancelCreateIndexJob",
    "/#Action=CancelUploadDocumentJob",
    "/ges/v1.0/{project_id}/graphs/{graph_name}/jobs/{job_id}",
    "/v3/{project_id}/scheduled-jobs/{job_id}",
    "/v1.0/{project_id}/jobs/{job_id}",
    "/generic/v1/namespaces/{namespace}/jobs/{job_id}",
    "/#Action=DescribeCreateIndexJob",
    "/#Action=GetUploadDocumentJob",
    "/ges/v1.0/{project_id}/graphs/{graph_name}/jobs/{job_id}/status",
    "/v3/{project_id}/scheduled-jobs",
    "/v1.0/{project_id}/jobs/{job_id}/status",
    "/v1.0/{project_id}/jobs/{job_id}/detail",
  ]);
  const { get } = (body.paths as Record<string, Record<string, { parameters: object[] }>>)[
    "/v3/{project_id}/scheduled-jobs"
  ] ?? { get: { parameters: [] } };
  expect(get?.parameters).toContainEqual(expect.objectContaining({ name: "project_id", in: "path", required: true }));
  expect(get?.parameters).toContainEqual(expect.objectContaining({ name: "limit", in: "query", required: false }));
  expect(JSON.stringify(body)).not.toContain('"$schema"');
  const { post } = (body.paths as Record<string, Record<string, { responses: object }>>)["/jobs"] ?? {};
  // 410: the job was cancelled before it started.
  expect(Object.keys(post?.responses ?? {})).toEqual(expect.arrayContaining(["201", "409", "410"]));
});
