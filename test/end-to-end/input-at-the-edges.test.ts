import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../support/end-to-end/end-to-end.ts";
import { awsOf } from "../support/end-to-end/end-to-end-aws.ts";
import { jsonOf } from "../support/end-to-end/end-to-end-client.ts";
import { useStanddown } from "../support/end-to-end/end-to-end-fixture.ts";

const { standdown, send, jobs } = useStanddown();
const projectId = "b02ce40e8cb84a8e980fdb11fac657db";
const registration = { service: "dli", scope: { projectId } };
let aws: ReturnType<typeof awsOf>;
beforeAll(() => {
  aws = awsOf(standdown());
});
afterAll(() => aws.stop());

const json = { "content-type": "application/json" };

/** Half of an emoji, as a text that was cut has it. */
const half = '"customer asked \\ud83d"';

const message = (jobId: string, more = "") =>
  `{"operation":"cancel-sql-job","parameters":{"project_id":"${projectId}","job_id":"${jobId}"}${more}}`;

const stoppingReceiptOf = async (uid: string) => {
  await until(
    () => jobs.job(uid),
    ({ state }) => state === "stopping",
    10_000,
  );
  return jobs.receipt(uid);
};

describe("text that was cut in the middle of an emoji", () => {
  test.each([
    ["a reason", "cancel", `{"reason":${half}}`],
    ["an error", "finish", `{"outcome":"failed","error":${half}}`],
  ])("is refused as %s, and nothing is done", async (_, action, body) => {
    const { uid } = await jobs.register(registration);
    const { status, headers } = await send("POST", `/jobs/${uid}/${action}`, { body, headers: json });
    expect([status, headers["content-type"]]).toEqual([400, "application/problem+json"]);
    expect((await jobs.job(uid)).state).toBe("running");
  });

  test("is refused as a label", async () => {
    const body = `{"service":"dli","scope":{"projectId":"${projectId}"},"labels":{"a":${half}}}`;
    expect((await send("POST", "/jobs", { body, headers: json })).status).toBe(400);
  });

  test("is dead-lettered at once as a reason in a message", async () => {
    const { uid, jobId } = await jobs.register(registration);
    await aws.sendBatch("cancel-sql-job", [message(jobId, `,"reason":${half}`)]);
    const [letter] = await aws.deadLetters("cancel-sql-job", 10);
    expect(letter?.MessageAttributes?.Reason?.StringValue).toMatch(/^(invalid|malformed)$/);
    expect((await jobs.job(uid)).state).toBe("running");
  });
});

test("a whole emoji in a message is a reason as any other", async () => {
  const { uid, jobId } = await jobs.register(registration);
  await aws.sendBatch("cancel-sql-job", [message(jobId, ',"reason":"customer asked 😀"')]);
  expect(await stoppingReceiptOf(uid)).toMatchObject({ reason: "customer asked 😀" });
});

test("a replay of an old event from an archive leaves a job alone that was registered since", async () => {
  const { uid, jobId } = await jobs.register(registration);
  const event = {
    version: "0",
    id: "11111111-2222-3333-4444-555555555555",
    "detail-type": "dev.standdown.cancel.requested.v1",
    source: "ops",
    account: "1",
    time: new Date(Date.now() - 30 * 86_400_000).toISOString(),
    region: "eu-west-1",
    resources: [],
    "replay-name": "r1",
    detail: JSON.parse(message(jobId)),
  };
  await aws.send("cancel-sql-job", event);
  const [letter] = await aws.deadLetters("cancel-sql-job", 10);
  expect(letter?.MessageAttributes?.Reason?.StringValue).toBe("not-found");
  expect((await jobs.job(uid)).state).toBe("running");
});

test("a registration that is sent again after its job was stopped is 410, with the receipt", async () => {
  const register = () =>
    send("POST", "/jobs", { body: { ...registration, jobId: "again" }, headers: { ...json, "idempotency-key": "k" } });
  const { uid } = jsonOf<{ uid: string }>(await register());
  await send("POST", `/jobs/${uid}/cancel`);
  await send("POST", `/jobs/${uid}/finish`, { body: { outcome: "cancelled" } });
  const again = await register();
  expect(again.status).toBe(410);
  expect(jsonOf(again)).toMatchObject({ receipt: { uid, outcome: "stopped" } });
});

test("Terraform's refresh finds a running job, so that its destroy cancels it", async () => {
  const { jobId } = await jobs.register(registration);
  const { status, text } = await send("GET", `/v1.0/${projectId}/jobs/${jobId}/detail`);
  expect([status, JSON.parse(text)]).toEqual([
    200,
    expect.objectContaining({ is_success: true, job_id: jobId, status: "RUNNING" }),
  ]);
});

describe("the RPC API", () => {
  const parameters = (more: Readonly<Record<string, string>>) =>
    new URLSearchParams({
      Action: "CancelCreateIndexJob",
      Version: "2016-05-03",
      RegionId: "cn-hangzhou",
      DBInstanceId: "gp-1",
      Namespace: "ns",
      NamespacePassword: "secret",
      Collection: "documents",
      JobId: "none",
      ...more,
    });

  test("answers in XML where XML is asked for", async () => {
    const { status, headers, text } = await send("GET", `/?${parameters({ Format: "XML" })}`);
    expect([status, headers["content-type"]]).toEqual([404, "text/xml;charset=utf-8"]);
    expect(text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?><Error>.*<Code>Job.NotFound<\/Code>.*<\/Error>$/);
  });

  test("says that a signature has no time", async () => {
    const signed = { AccessKeyId: "development-key-id", Signature: "x", SignatureNonce: "n" };
    const { status, text } = await send("GET", `/?${parameters(signed)}`, {
      headers: { Authorization: "", "X-Auth-Token": "" },
    });
    expect([status, JSON.parse(text)]).toEqual([
      400,
      expect.objectContaining({
        Code: "IllegalTimestamp",
        Message: 'The input parameter "Timestamp" that is mandatory for processing this request is not supplied.',
      }),
    ]);
  });
});
