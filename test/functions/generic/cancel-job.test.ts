import { describe, expect, test } from "vitest";
import { aRecord, deliver, messageFor } from "../../support/requests/cancel-messages.ts";
import { callJobApi, genericJob, registerJob, toReceipt } from "../../support/requests/cancel-requests.ts";
import { inProcessBundle, useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

const cancel = (jobId: string, parameters: Record<string, string> = {}, token = "ops-token") =>
  genericJob.send(bundle, encodeURIComponent(jobId), { parameters, token });

const register = (registration: object) =>
  callJobApi(bundle, "POST", "/jobs", { service: "generic", scope: { namespace: "nightly" }, ...registration });

describe("a job of no provider", () => {
  test.each(["nightly_revenue", "dag.task", "run:42", "2026-11-28T10:00", "Zürich – täglich", "a b", "x".repeat(200)])(
    "may be called %s, is cancelled by that, and answers with the way to its receipt",
    async (jobId) => {
      const { status, body } = await register({ jobId, jobType: "python/etl" });
      expect([status, body.jobId, body.jobType]).toEqual([201, jobId, "python/etl"]);
      const reply = await cancel(jobId);
      const uid = String(body.uid);
      expect([reply.status, reply.body]).toEqual([202, { uid, state: "stopping", receipt: `/jobs/${uid}/receipt` }]);
      expect(await toReceipt(bundle, uid)).toMatchObject({ service: "generic", trigger: "http", outcome: "stopping" });
      expect((await cancel(jobId)).status).toBe(202);
    },
  );

  test.each([
    ["an empty id", { jobId: "" }],
    ["a control character", { jobId: "a\nb" }],
    ["more than 200 characters", { jobId: "x".repeat(201) }],
    ["a namespace with a slash", { scope: { namespace: "a/b" } }],
    ["a type with a blank", { jobType: "a b" }],
    ["a secret, of which it has none", { secret: "s" }],
  ])("is refused with %s", async (_, wrong) => {
    expect((await register(wrong)).status).toBe(400);
  });

  test("is in the namespace default, of the type job, unless it says more", async () => {
    const { body } = await callJobApi(bundle, "POST", "/jobs", { service: "generic", scope: {} });
    expect(body).toMatchObject({ scope: { namespace: "default" }, jobType: "job" });
  });

  test("of the same id in another namespace is another job", async () => {
    const { jobId } = await registerJob(bundle, genericJob);
    const reply = await cancel(jobId, { namespace: "hourly" });
    expect([reply.status, reply.body.code]).toEqual([404, "job-not-found"]);
  });

  test("that waits never starts, and one that has ended is too late", async () => {
    const queued = await registerJob(bundle, genericJob, "queued");
    expect((await cancel(queued.jobId)).body).toMatchObject({ state: "cancelled" });
    const ended = await registerJob(bundle, genericJob, "failed");
    const reply = await cancel(ended.jobId);
    expect([reply.status, reply.body.code, reply.body.state]).toEqual([409, "too-late", "failed"]);
  });

  test("is listed with its namespace", async () => {
    const { uid } = await registerJob(bundle, { ...genericJob, scope: { namespace: "listed.here" } });
    const { body } = await callJobApi(bundle, "GET", "/jobs?service=generic&project=listed.here");
    expect((body.jobs as { uid: string }[]).map((job) => job.uid)).toEqual([uid]);
  });

  test("is cancelled by a message as well", async () => {
    const { jobId, uid } = await registerJob(bundle, genericJob);
    expect(await deliver("cancel-job", bundle.services, [aRecord(messageFor(genericJob, jobId))])).toEqual([]);
    expect(await toReceipt(bundle, uid)).toMatchObject({ trigger: "queue", outcome: "stopping" });
  });
});

test.each([
  ["", 401, "unauthenticated"],
  ["guessed", 401, "unauthenticated"],
  ["nobody-token", 403, "forbidden"],
])("asked for with the token %j, it answers %d %s", async (token, status, code) => {
  const reply = await cancel("x", {}, token);
  expect([reply.status, reply.body.code]).toEqual([status, code]);
});

test("a policy names the namespace", async () => {
  const { jobId } = await registerJob(bundle, genericJob);
  const policies = (resource: string) => [
    { effect: "allow" as const, actions: ["generic:CancelJob"], resources: [resource] },
  ];
  const statusWith = async (resource: string) => {
    const limited = { name: "limited", tokens: [{ value: "limited-token" }], policies: policies(resource) };
    const within = inProcessBundle(bundle.table(), { principals: [limited] });
    return (await genericJob.send(within, jobId, { token: "limited-token" })).status;
  };
  expect(await statusWith("generic:hourly:*")).toBe(403);
  expect(await statusWith("generic:nightly:*")).toBe(202);
});
