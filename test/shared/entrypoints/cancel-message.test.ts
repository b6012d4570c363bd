import { describe, expect, test } from "vitest";
import { readCancelMessage } from "../../../shared/entrypoints/cancel-message.ts";
import { toRequestError } from "../../support/requests/to-request-error.ts";

const canary = "canary-7f3a";
const data = { operation: "cancel-sql-job", parameters: { project_id: "p1", job_id: "j1" } };
const read = { parameters: data.parameters, ifUnknown: "dead-letter" };

const attributes = { specversion: "1.0", type: "dev.standdown.cancel.requested.v1", id: "e1", source: "/reports" };
const cloudEvent = (given: unknown) => ({ ...attributes, data: given });
const base64 = (text: string | Buffer) => ({ ...attributes, data_base64: Buffer.from(text).toString("base64") });
const eventBridge = (detail: unknown) => ({
  version: "0",
  id: "e2",
  "detail-type": "dev.standdown.cancel.requested.v1",
  source: "reports",
  detail,
});
const sns = (message: unknown) => ({
  Type: "Notification",
  MessageId: "m1",
  TopicArn: "arn:aws:sns:eu-central-1:111122223333:cancels",
  Message: JSON.stringify(message),
});

const readBody = (body: string) => readCancelMessage(body, "cancel-sql-job");
const readJson = (body: unknown) => readBody(JSON.stringify(body));

describe("a message is read", () => {
  test.each([
    ["bare", data],
    ["a CloudEvent", cloudEvent(data)],
    ["a CloudEvent that says it is JSON", { ...cloudEvent(data), datacontenttype: "application/json; charset=utf-8" }],
    ["a CloudEvent of a kind of JSON", { ...cloudEvent(data), datacontenttype: "text/vnd.cancel+json" }],
    ["a CloudEvent with extensions", { ...cloudEvent(data), traceparent: "00-0af7", subject: "j1" }],
    ["a CloudEvent in base64", base64(JSON.stringify(data))],
    ["in EventBridge", eventBridge(data)],
    ["a CloudEvent in EventBridge", eventBridge(cloudEvent(data))],
    ["in SNS", sns(data)],
    ["a CloudEvent in SNS", sns(cloudEvent(data))],
    ["in EventBridge in SNS", sns(eventBridge(data))],
    ["a CloudEvent in EventBridge in SNS", sns(eventBridge(base64(JSON.stringify(data))))],
    ["in as many envelopes as may be", sns(sns(sns(sns(data))))],
  ])("%s", (_, body) => {
    expect(readJson(body)).toEqual(read);
  });

  test.each([
    ["of its event", { ...eventBridge(data), time: "2026-11-22T10:00:00Z" }, 999],
    ["of its notification", { ...sns(data), Timestamp: "2026-11-22T10:00:00.007Z" }, 7],
    [
      "of the first envelope",
      { ...sns({ ...eventBridge(data), time: "2026-11-22T10:00:00Z" }), Timestamp: "2026-11-22T12:00:00.007Z" },
      999,
    ],
    ["of no envelope that tells none", { ...eventBridge(data), time: "yesterday" }, undefined],
    ["of its CloudEvent", { ...cloudEvent(data), time: "2026-11-22T10:00:00.5Z" }, 500],
    [
      "of a CloudEvent that was put on a bus later",
      { ...eventBridge({ ...cloudEvent(data), time: "2026-11-22T10:00:00.5Z" }), time: "2026-11-22T12:00:00Z" },
      500,
    ],
  ])("with the time %s", (_, body, ms) => {
    expect(readJson(body)).toEqual(ms === undefined ? read : { ...read, askedAt: 1_795_341_600_000 + ms });
  });

  test("with all that it may say", () => {
    const more = { reason: "", requestedBy: "nightly", ifUnknown: "tombstone", secretRef: "db/prod@eu-1" };
    expect(readJson({ ...data, ...more })).toEqual({ ...read, ...more });
    const longest = { reason: "r".repeat(1024), requestedBy: "b".repeat(256), secretRef: `a${"+".repeat(255)}` };
    expect(readJson({ ...data, ...longest })).toEqual({ ...read, ...longest });
  });

  test("with parameters of any name and value: they are the operation's own", () => {
    const parameters = { JobId: 7, NamespacePassword: ["x"], nested: { deep: true } };
    expect(readJson({ ...data, parameters }).parameters).toEqual(parameters);
    // What is null is left out.
    expect(readJson({ ...data, parameters: { ...parameters, project_id: null } }).parameters).toEqual(parameters);
    expect(readJson({ ...data, reason: null, requestedBy: null, ifUnknown: null, secretRef: null })).toEqual(read);
  });

  test("by the last of two members of one name", () => {
    const body = JSON.stringify(data).replace('"job_id":', '"job_id":"other","job_id":');
    expect(readBody(body)).toEqual(read);
  });
});

describe("a message is refused as malformed", () => {
  const many = "the message is in too many envelopes";
  const noForm = "the body is none of the four forms of a message";
  const noFormInside = "what is in the envelope is none of the four forms of a message";
  const attributesMissing = "a CloudEvent must have an id, a source and the specversion 1.0";
  const noNotification = "an SNS envelope must have the Type Notification and a Message of text";
  const otherContent = "the datacontenttype of the CloudEvent must be that of JSON";
  test.each([
    ["a list", [data], "the body is not a JSON object"],
    ["text", canary, "the body is not a JSON object"],
    ["null", null, "the body is not a JSON object"],
    ["an unknown form", { job_id: canary }, noForm],
    ["a form in its prototype", JSON.parse(`{"__proto__": ${JSON.stringify(data)}}`), noForm],
    [
      "two forms at once",
      { ...cloudEvent(data), ...data },
      "the body is of two forms at once: operation and specversion",
    ],
    [
      "two envelopes at once",
      { ...eventBridge(data), ...sns(data) },
      "the body is of two forms at once: detail-type and Type",
    ],
    ["another specversion", { ...cloudEvent(data), specversion: "0.3" }, attributesMissing],
    ["no id", { ...cloudEvent(data), id: undefined }, attributesMissing],
    ["no source", { ...cloudEvent(data), source: "" }, attributesMissing],
    ["another event", { ...cloudEvent(data), type: canary }, `the type of the CloudEvent must be ${attributes.type}`],
    ["an event of XML", { ...cloudEvent(data), datacontenttype: "application/xml" }, otherContent],
    ["an event of almost JSON", { ...cloudEvent(data), datacontenttype: "application/jsonp" }, otherContent],
    ["a content type in a list", { ...cloudEvent(data), datacontenttype: ["application/json"] }, otherContent],
    ["an event without data", attributes, "what is in the envelope is not a JSON object"],
    ["an event with data as text", cloudEvent(JSON.stringify(data)), "what is in the envelope is not a JSON object"],
    [
      "an event with both data",
      { ...cloudEvent(data), ...base64("{}") },
      "the CloudEvent has both data and data_base64",
    ],
    ["base64 that is none", { ...attributes, data_base64: "e30 =" }, "the data_base64 of the CloudEvent is not base64"],
    ["base64 that is no text", { ...attributes, data_base64: 7 }, "the data_base64 of the CloudEvent is not base64"],
    ["base64 of no JSON", base64(canary), "what is in the envelope is not JSON"],
    ["base64 of bytes that are no text", base64(Buffer.from([0xff, 0xfe])), "the body is not UTF-8"],
    [
      "EventBridge without detail",
      { ...eventBridge(data), detail: undefined },
      "what is in the envelope is not a JSON object",
    ],
    ["EventBridge around something else", eventBridge({ job_id: canary }), noFormInside],
    ["another kind of SNS message", { ...sns(data), Type: "SubscriptionConfirmation" }, noNotification],
    ["SNS around an object", { ...sns(data), Message: data }, noNotification],
    ["SNS around no JSON", { ...sns(data), Message: canary }, "what is in the envelope is not JSON"],
    ["an envelope more than may be", sns(sns(sns(sns(sns(data))))), many],
  ])("%s", (_, body, detail) => {
    expect(toRequestError(() => readJson(body))).toEqual({ kind: "malformed", detail });
  });

  test.each([
    ["empty", ""],
    ["cut off", JSON.stringify(data).slice(0, -2)],
    ["in single quotes", JSON.stringify(data).replaceAll('"', "'")],
    ["deep and cut off", "[".repeat(60_000)],
  ])("what is not JSON: %s", (_, body) => {
    expect(toRequestError(() => readBody(body))).toEqual({ kind: "malformed", detail: "the body is not JSON" });
  });

  test("envelopes as deep as a body can have them", () => {
    const body = `${'{"detail-type":"x","detail":'.repeat(2_000)}1${"}".repeat(2_000)}`;
    expect(toRequestError(() => readBody(body))).toEqual({
      kind: "malformed",
      detail: "the body is nested too deep",
    });
  });

  test("text that is not well-formed Unicode, wherever it is", () => {
    for (const body of [
      { ...data, reason: "x \ud83d" },
      { ...data, "\udc00": 1 },
      cloudEvent({ ...data, requestedBy: "\ud83d" }),
    ])
      expect(toRequestError(() => readJson(body))).toMatchObject({
        kind: "malformed",
        detail: expect.stringContaining("not well-formed Unicode"),
      });
  });
});

describe("a message is refused as invalid", () => {
  test.each([
    ["another operation", { operation: "cancel-graph-job" }, "operation", "cancel-sql-job, whose queue this is"],
    [
      "an operation that is no text",
      { operation: { name: canary } },
      "operation",
      "cancel-sql-job, whose queue this is",
    ],
    ["parameters in a list", { parameters: [canary] }, "parameters", "an object of native parameters"],
    ["parameters as text", { parameters: canary }, "parameters", "an object of native parameters"],
    ["parameters of a number", { parameters: 1 }, "parameters", "an object of native parameters"],
    ["a long reason", { reason: canary.repeat(100) }, "reason", "text of 0 to 1024 characters"],
    ["a reason that is no text", { reason: 5 }, "reason", "text of 0 to 1024 characters"],
    ["nobody", { requestedBy: "" }, "requestedBy", "text of 1 to 256 characters"],
    ["a long name", { requestedBy: "b".repeat(257) }, "requestedBy", "text of 1 to 256 characters"],
    ["another way with unknown jobs", { ifUnknown: canary }, "ifUnknown", "dead-letter or tombstone"],
    ["a password for its name", { secretRef: `${canary} !` }, "secretRef", "the name of a secret"],
    ["a long name of a password", { secretRef: "a".repeat(257) }, "secretRef", "the name of a secret"],
    ["a name of a password on two lines", { secretRef: "a\n" }, "secretRef", "the name of a secret"],
    ["something else", { priority: canary }, "priority", "left out: it is not known here"],
    ["something else of a secret name", { [`${canary}!`]: 1 }, "a member", "left out: it is not known here"],
  ])("for %s", (_, wrong, parameter, expected) => {
    const failure = toRequestError(() => readJson(sns({ ...data, ...wrong })));
    expect(failure).toEqual({ kind: "invalid", issues: [{ parameter, rule: "invalid", expected }] });
  });

  test("for all its faults at once, what is missing first", () => {
    const failure = toRequestError(() => readJson({ operation: "x", reason: 1 }));
    expect(failure).toMatchObject({
      kind: "invalid",
      issues: [
        { parameter: "parameters", rule: "required", expected: "given" },
        { parameter: "operation", rule: "invalid" },
        { parameter: "reason", rule: "invalid" },
      ],
    });
  });
});

test("a message of before that says park means dead-letter", () => {
  expect(readCancelMessage(JSON.stringify({ ...data, ifUnknown: "park" }), "cancel-sql-job")).toEqual(read);
});

test("a message of more than 64 KiB is not looked at", () => {
  const ofBytes = (length: number) => readBody(JSON.stringify(data).padEnd(length));
  expect(ofBytes(65_536)).toEqual(read);
  expect(toRequestError(() => ofBytes(65_537))).toEqual({ kind: "too-large", limitBytes: 65_536 });
  expect(toRequestError(() => readBody("é".repeat(32_769)))).toMatchObject({ kind: "too-large" });
  expect(toRequestError(() => readBody("[".repeat(500_000)))).toMatchObject({ kind: "too-large" });
});

test("a message reaches into no prototype", () => {
  const parameters = `{"__proto__": {"job_id": "${canary}"}, "project_id": "p1"}`;
  const message = readBody(`{"operation": "cancel-sql-job", "parameters": ${parameters}}`);
  expect(message.parameters.job_id).toBeUndefined();
  expect({ ...message.parameters }.job_id).toBeUndefined();
  expect(({} as Record<string, unknown>).job_id).toBeUndefined();
  const extended = `{"__proto__": {"secretRef": "x"}, "operation": "cancel-sql-job", "parameters": {}}`;
  expect(toRequestError(() => readBody(extended))).toMatchObject({
    kind: "invalid",
    issues: [{ expected: "left out: it is not known here" }],
  });
});
