import type { SQSRecord } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aRecord, deliver, messageFor } from "../../support/requests/cancel-messages.ts";
import {
  type CancelRequest,
  callJobApi,
  cancelRequests,
  graph,
  registerJob,
  scheduledTask,
  sqlJob,
  toReceipt,
  uploadDocument,
} from "../../support/requests/cancel-requests.ts";
import { config, type InProcessBundle, inProcessBundle } from "../../support/stack/bundle.ts";
import { now } from "../../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../../support/stack/jobs-table.ts";

const password = "testpassword";

let table: JobsTable;
let bundle: InProcessBundle;
beforeEach(async () => {
  table = await startJobsTable();
  bundle = inProcessBundle(table);
});
afterEach(async () => {
  for (const secret of [password, "canary"]) expect(bundle.logged.join("\n")).not.toContain(secret);
  await table.stop();
});

const send = (request: CancelRequest, records: readonly SQSRecord[]) =>
  deliver(request.operation, bundle.services, records);

/** Delivers one message that is to be dealt with at once, and gives why it was dead-lettered, if it was. */
const sendOne = async (request: CancelRequest, message: unknown) => {
  const record = aRecord(message);
  expect(await send(request, [record])).toEqual([]);
  return bundle.recorded.deadLettered.find(({ messageId }) => messageId === record.messageId);
};

const deadLetteredFor = (code: string, detail: string) => expect.objectContaining({ code, detail });
const stateOf = async (uid: string) => (await table.jobs.get(uid))?.state;
const outcomes = () =>
  bundle.logged.map((line) => JSON.parse(line)).flatMap(({ outcome, trigger }) => trigger && outcome);

describe("a message cancels", () => {
  test.each(cancelRequests.map((request) => [request.operation, request] as const))("%s", async (_, request) => {
    const state = request === scheduledTask ? "queued" : "running";
    const { jobId, uid } = await registerJob(bundle, request, state);
    const given = request.service.startsWith("analyticdb") ? { NamespacePassword: password } : {};
    const more = { reason: "no longer needed", requestedBy: "nightly-report" };
    expect(await sendOne(request, messageFor(request, jobId, more, given))).toBeUndefined();
    expect(JSON.parse(bundle.logged.at(-1) ?? "")).toMatchObject({
      ...{ message: "message", trigger: "queue", operation: request.operation, outcome: "accepted" },
      ...{ requestId: "r", function: request.operation, service: request.service, uid },
    });
    expect(await toReceipt(bundle, uid)).toMatchObject({
      trigger: "queue",
      requestedBy: "events",
      onBehalfOf: "nightly-report",
      reason: "no longer needed",
      outcome: state === "queued" ? "stopped" : "stopping",
      repeats: 0,
    });
    expect(bundle.recorded.asked).toEqual([{ uid, delaySeconds: state === "queued" ? 0 : 1 }]);
  });

  test("in the name of the principal of the queue, where it names nobody", async () => {
    const { jobId, uid } = await registerJob(bundle, sqlJob);
    await sendOne(sqlJob, messageFor(sqlJob, jobId));
    const receipt = await toReceipt(bundle, uid);
    expect(receipt).toMatchObject({
      requestedBy: "events",
      onBehalfOf: null,
      reason: null,
      steps: [{ step: "stop-requested", detail: null }],
    });
  });

  test("in an envelope", async () => {
    const { jobId, uid } = await registerJob(bundle, sqlJob);
    await sendOne(sqlJob, { "detail-type": "x", detail: messageFor(sqlJob, jobId) });
    expect(await stateOf(uid)).toBe("stopping");
  });
});

test("one poison message in a batch of ten is dead-lettered, and the nine others are done", async () => {
  const jobs = await Promise.all(Array.from({ length: 9 }, () => registerJob(bundle, sqlJob)));
  const records = jobs.map(({ jobId }) => aRecord(messageFor(sqlJob, jobId)));
  const poison = aRecord('{"operation":"cancel-sql-job","password":"canary');
  expect(await send(sqlJob, records.toSpliced(4, 0, poison))).toEqual([]);
  const { messageId } = poison;
  expect(bundle.recorded.deadLettered).toEqual([{ messageId, code: "malformed", detail: "the body is not JSON." }]);
  expect(await Promise.all(jobs.map(({ uid }) => stateOf(uid)))).toEqual(jobs.map(() => "stopping"));
  expect(bundle.recorded.asked.map(({ uid }) => uid).sort()).toEqual(jobs.map(({ uid }) => uid).sort());
  expect(bundle.recorded.delayed).toEqual([]);
});

describe("a message is dead-lettered at once", () => {
  test.each<[string, string, string, () => unknown]>([
    ["too long", "too-large", "A message may have 65536 bytes.", () => " ".repeat(65_537)],
    ["of no form", "malformed", "the body is none of the four forms of a message.", () => ({ x: "canary" })],
    ["without parameters", "invalid", "parameters is missing.", () => ({ operation: "cancel-sql-job" })],
    [
      "without a native parameter",
      "invalid",
      "job_id is missing.",
      () => messageFor(sqlJob, "j", {}, { job_id: undefined }),
    ],
    [
      "with a wrong native parameter",
      "invalid",
      "job_id must be 1 to 64 letters, digits and hyphens.",
      () => messageFor(sqlJob, "canary!"),
    ],
    [
      "for no job",
      "not-found",
      "There is no such job.",
      () => messageFor(sqlJob, "unknown", { ifUnknown: "dead-letter" }),
    ],
    [
      "for another operation",
      "invalid",
      "operation must be cancel-sql-job, whose queue this is.",
      () => messageFor(graph, "j"),
    ],
  ])("that is %s", async (_, code, detail, message) => {
    expect(await sendOne(sqlJob, message())).toEqual(deadLetteredFor(code, detail));
    expect(outcomes()).toEqual([`dead-lettered: ${code}`]);
    expect([bundle.recorded.asked, bundle.recorded.delayed]).toEqual([[], []]);
  });

  test("for a type that is not cancelled", async () => {
    const { jobId, uid } = await registerJob(bundle, sqlJob, "running", { jobType: "SCALE_QUEUE" });
    const deadLettered = await sendOne(sqlJob, messageFor(sqlJob, jobId));
    expect(deadLettered).toEqual(deadLetteredFor("unsupported-type", "Jobs of this type cannot be cancelled."));
    expect(await stateOf(uid)).toBe("running");
  });

  test.each([
    ["nobody is let in through the queue", config.principals.filter(({ triggers }) => !triggers)],
    [
      "no policy allows it",
      [...config.principals.slice(0, 1), { name: "q", triggers: ["queue" as const], policies: [] }],
    ],
  ])("where %s", async (_, principals) => {
    bundle = inProcessBundle(table, { principals });
    const { jobId, uid } = await registerJob(bundle, sqlJob);
    const deadLettered = await sendOne(sqlJob, messageFor(sqlJob, jobId, { requestedBy: "ops" }));
    expect(deadLettered).toMatchObject({
      code: "forbidden",
      detail: expect.stringMatching(/^No policy allows dli:\S+ here\.$/),
    });
    expect(await stateOf(uid)).toBe("running");
  });
});

test("a cancel that comes too late is done", async () => {
  const { jobId, uid } = await registerJob(bundle, sqlJob, "succeeded");
  expect(await sendOne(sqlJob, messageFor(sqlJob, jobId))).toBeUndefined();
  expect([await stateOf(uid), outcomes().at(-1)]).toEqual(["succeeded", "too-late"]);
});

test("a cancel before its job is remembered where the message says so: for a while the job may not start", async () => {
  const message = messageFor(sqlJob, "early", { ifUnknown: "tombstone", reason: "gone", requestedBy: "nightly" });
  const register = () =>
    callJobApi(bundle, "POST", "/jobs", { service: "dli", scope: sqlJob.scope, jobType: "QUERY", jobId: "early" });
  for (const _ of [1, 2]) expect(await sendOne(sqlJob, message)).toBeUndefined();
  expect(outcomes()).toEqual(["remembered", "remembered"]);
  expect(await register()).toMatchObject({
    status: 410,
    body: { code: "cancelled-before-start", cancelled: { requestedBy: "events", reason: "gone" } },
  });
  bundle.clock.time = now + 86_400_000 + 1;
  expect((await register()).status).toBe(201);
});

test("a cancel before its job keeps out the job of its password alone: nobody bars another's with a wrong one", async () => {
  const early = (NamespacePassword: string) =>
    sendOne(uploadDocument, messageFor(uploadDocument, "early", { ifUnknown: "tombstone" }, { NamespacePassword }));
  const { service, scope } = uploadDocument;
  const register = () => callJobApi(bundle, "POST", "/jobs", { service, scope, jobId: "early", secret: password });
  await early("canary");
  expect((await register()).status).toBe(201);
  expect((await early("canary"))?.code).toBe("wrong-secret");
});

test("a cancel before its job holds for the right password too, where a wrong one came earlier", async () => {
  const { service, scope } = uploadDocument;
  for (const NamespacePassword of ["canary", password]) {
    const message = messageFor(uploadDocument, "early", { ifUnknown: "tombstone" }, { NamespacePassword });
    expect(await sendOne(uploadDocument, message)).toBeUndefined();
  }
  const given = { service, scope, jobId: "early", secret: password };
  expect((await callJobApi(bundle, "POST", "/jobs", given)).status).toBe(410);
});

test("a job that several messages name is cancelled once: in one batch, and delivered again in reverse", async () => {
  const { jobId, uid } = await registerJob(bundle, sqlJob);
  const records = ["a", "b", "c"].map((requestedBy) => aRecord(messageFor(sqlJob, jobId, { requestedBy })));
  expect(await send(sqlJob, records)).toEqual([]);
  const { requestedBy } = await toReceipt(bundle, uid);
  expect(await send(sqlJob, records.toReversed())).toEqual([]);
  expect(await toReceipt(bundle, uid)).toMatchObject({ requestedBy, repeats: 5, outcome: "stopping" });
  expect(bundle.recorded.asked).toHaveLength(1);
  expect([bundle.recorded.deadLettered, bundle.recorded.delayed]).toEqual([[], []]);
});

describe("a cancel that is older than the first registration of its job", () => {
  const monthAgo = new Date(now - 30 * 86_400_000).toISOString();
  const replayed = (jobId: string, more: object = {}) => ({
    version: "0",
    id: "e",
    "detail-type": "dev.standdown.cancel.requested.v1",
    source: "ops",
    account: "1",
    time: monthAgo,
    region: "eu-west-1",
    resources: [],
    "replay-name": "r1",
    detail: messageFor(sqlJob, jobId, more),
  });

  test("means nothing, as when an archive of events is replayed", async () => {
    const { jobId, uid } = await registerJob(bundle, sqlJob);
    expect((await sendOne(sqlJob, replayed(jobId)))?.code).toBe("not-found");
    expect(await stateOf(uid)).toBe("running");
  });

  test("means the job where it says that it may come first", async () => {
    const { jobId, uid } = await registerJob(bundle, sqlJob);
    expect(await sendOne(sqlJob, replayed(jobId, { ifUnknown: "tombstone" }))).toBeUndefined();
    expect(await stateOf(uid)).toBe("stopping");
  });

  test("is told by when it was sent, and by when it was sent first where a redrive has sent it again", async () => {
    const { jobId, uid } = await registerJob(bundle, sqlJob);
    const body = messageFor(sqlJob, jobId);
    const again = aRecord(body);
    const SentAt = { stringValue: monthAgo, dataType: "String" } as const;
    await send(sqlJob, [{ ...again, messageAttributes: { SentAt } }, aRecord(body, 1, now - 2_001)]);
    expect(bundle.recorded.deadLettered.map(({ code }) => code)).toEqual(["not-found", "not-found"]);
    expect(await stateOf(uid)).toBe("running");
    // Two clocks may differ by that much.
    await send(sqlJob, [aRecord(body, 1, now - 2_000)]);
    expect(await stateOf(uid)).toBe("stopping");
  });
});
