import { describe, expect, test } from "vitest";
import { cancelSqlJob } from "../../../functions/dli/cancel-sql-job/operation.ts";
import type { Tombstone } from "../../../shared/domain/job.ts";
import { uidToKey } from "../../../shared/domain/job-key.ts";
import type { Principal } from "../../../shared/domain/principal.ts";
import { cancelNative } from "../../../shared/operations/cancel-native.ts";
import type { JobStore } from "../../../shared/ports/job-store.ts";
import type { Services } from "../../../shared/ports/services.ts";
import { callJobApi, sqlJob } from "../../support/requests/cancel-requests.ts";
import { sqlStatus } from "../../support/requests/read-requests.ts";
import { project, useBundle } from "../../support/stack/bundle.ts";
import { aJob, now } from "../../support/stack/jobs.ts";
import { standingJobs } from "../../support/stack/standing-jobs.ts";

const bundle = useBundle();
const store = () => bundle.table().jobs;
const { stopped } = standingJobs(store);

const minute = 60_000;
const tombstone: Tombstone = {
  trigger: "queue",
  requestedBy: "nightly",
  reason: "the load was called off",
  requestedAt: now,
  until: now + minute,
};

describe("the store", () => {
  test("gives back all of a tombstone, the account of whoever left it too", async () => {
    const job = aJob();
    await store().putTombstone(uidToKey(job.uid), { ...tombstone, account: "1" });
    const refused = { registered: false, tombstone: { ...tombstone, account: "1" } };
    expect(await store().register(job, "first")).toEqual(refused);
    expect(await store().register(job, "first")).toEqual(refused);
  });

  test("has a tombstone in no index, until time to live takes it away", async () => {
    const { uid, owner } = aJob();
    await store().putTombstone(uidToKey(uid), tombstone);
    const { table, call } = bundle.table();
    const { Item } = await call("GetItem", {
      TableName: table,
      Key: { pk: { S: uidToKey(uid) }, sk: { S: "current" } },
    });
    expect(Object.keys(Item as object).sort()).toEqual(["expiresAt", "pk", "sk", "tombstone", "tombstoneUntil"]);
    expect(Item).toMatchObject({ expiresAt: { N: String((now + minute) / 1000) } });
    const { jobs } = await store().list({ services: ["dli"], owner, limit: 100, keep: () => true });
    expect(jobs.map((job) => job.uid)).not.toContain(uid);
    expect(await store().ownership(uid, () => true)).toBeUndefined();
  });

  test("keeps an ended job as it is, with what is still to be told of it", async () => {
    const job = await stopped();
    expect(job.outbox).toHaveLength(2);
    expect(await store().putTombstone(uidToKey(job.uid), tombstone)).toEqual(job);
    expect(await store().get(job.uid)).toEqual(job);
  });
});

describe("POST /jobs of a job that was cancelled before it started", () => {
  let serial = 0;
  const newId = () => `unborn-${++serial}`;
  const cancelBefore = (jobId: string, principal: Partial<Principal> = {}, services: Services = bundle.services) =>
    cancelNative(services)(cancelSqlJob, {
      principal: { name: "nightly", policies: [{ effect: "allow", actions: ["*"], resources: ["*"] }], ...principal },
      parameters: { project_id: project, job_id: jobId },
      trigger: "queue",
      reason: "the load was called off",
      tombstoneSeconds: 60,
    });
  const cancelledBefore = async (principal: Partial<Principal> = {}) => {
    const jobId = newId();
    expect(await cancelBefore(jobId, principal)).toEqual({ kind: "remembered", jobId });
    return jobId;
  };
  const register = (jobId: string, token?: string) =>
    callJobApi(bundle, "POST", "/jobs", { service: "dli", scope: { projectId: project }, jobId }, token);

  test("is 410, with who cancelled it, when, why and for how long that holds", async () => {
    const jobId = await cancelledBefore();
    const { status, body, headers } = await register(jobId);
    expect([status, headers["Content-Type"]]).toEqual([410, "application/problem+json"]);
    expect(body).toMatchObject({ code: "cancelled-before-start", status: 410 });
    expect(body.cancelled).toEqual({
      requestedBy: "nightly",
      onBehalfOf: null,
      reason: "the load was called off",
      requestedAt: new Date(bundle.clock.time).toISOString(),
      until: new Date(bundle.clock.time + minute).toISOString(),
    });
    expect(body).not.toHaveProperty("job");
  });

  test("is 410 for as long as the last of several cancels said, which it names beside the first", async () => {
    const jobId = await cancelledBefore();
    bundle.clock.time += minute - 1;
    expect(await cancelBefore(jobId, { name: "daily" })).toEqual({ kind: "remembered", jobId });
    bundle.clock.time += minute - 1;
    const { status, body } = await register(jobId);
    expect([status, body.cancelled]).toEqual([
      410,
      expect.objectContaining({ requestedBy: "nightly", latest: expect.objectContaining({ requestedBy: "daily" }) }),
    ]);
    bundle.clock.time += 1;
    expect((await register(jobId)).status).toBe(201);
  });

  test("is 201 again once that is over", async () => {
    const jobId = await cancelledBefore();
    bundle.clock.time += minute - 1;
    expect((await register(jobId)).status).toBe(410);
    bundle.clock.time += 1;
    expect((await register(jobId)).status).toBe(201);
  });

  test("tells the principals of another account nothing but that the id is taken", async () => {
    const jobId = await cancelledBefore({ account: "1" });
    const { status, body, text } = await register(jobId, "account-2-token");
    expect([status, body.code]).toEqual([409, "job-already-active"]);
    expect(text).not.toMatch(/nightly|called off|cancelled/);
    expect((await register(jobId, "account-1-token")).status).toBe(410);
  });

  test("follows what its own API says of it until then: that there is no such job", async () => {
    const [jobId, unknown] = [await cancelledBefore(), newId()];
    for (const request of [sqlJob, sqlStatus]) {
      const said = async (id: string) => {
        const { status, body } = await request.send(bundle, id);
        return { status, code: body.error_code };
      };
      const answer = await said(jobId);
      expect(answer).toEqual(await said(unknown));
      expect(answer.status).toBeGreaterThanOrEqual(400);
    }
    expect((await register(jobId)).status).toBe(410);
  });

  test("of a job that is registered while it is being cancelled leaves no tombstone, but a job that stops", async () => {
    const jobId = newId();
    const jobs: JobStore = {
      ...store(),
      putTombstone: async (key, given) => {
        expect((await register(jobId)).status).toBe(201);
        return store().putTombstone(key, given);
      },
    };
    const { kind, job, check } = await cancelBefore(jobId, {}, { ...bundle.services, jobs });
    expect([kind, job?.state]).toEqual(["accepted", "stopping"]);
    expect(job?.cancellation).toMatchObject({ trigger: "queue", requestedBy: "nightly", repeats: 0 });
    expect(check).toEqual({ uid: job?.uid, delaySeconds: 1 });
  });
});
