import { describe, expect, test } from "vitest";
import { cancelOperations } from "../../../functions/registry.ts";
import { parameters } from "../../../shared/redaction/known-members.ts";
import { redact } from "../../../shared/redaction/redact.ts";

const gone = "[redacted]";
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");
const MiB = 1024 * 1024;

/** What is left of a JSON body. */
const redactJson = (value: unknown): unknown => JSON.parse(redact(JSON.stringify(value)).body);
const isComplete = (value: unknown): boolean => !redact(JSON.stringify(value)).redacted;

test("the parameters that are kept are those of the operations, without the secrets", () => {
  const known = cancelOperations.flatMap(({ parameters: schema, secretParameter }) =>
    Object.keys((schema as unknown as { entries: object }).entries).filter((name) => name !== secretParameter),
  );
  expect([...parameters].sort()).toEqual([...new Set(known)].sort());
});

const data = {
  operation: "cancel-create-index-job",
  parameters: { RegionId: "cn-hangzhou", DBInstanceId: "gp-1", Namespace: "münchen 1", Collection: "c/1", JobId: "j1" },
  reason: "no longer needed: 3 of 4 are done (see https://wiki.example/x?y=1)",
  requestedBy: "nightly-report@example.com",
  ifUnknown: "tombstone",
  secretRef: "db/password-of-sales",
};

const envelopes: Readonly<Record<string, (value: unknown) => unknown>> = {
  "bare data": (value) => value,
  "a CloudEvent": (value) => ({ specversion: "1.0", id: "1", type: "t", time: "2026-11-22T10:00:00Z", data: value }),
  "a CloudEvent in base64": (value) => ({ specversion: "1.0", data_base64: base64(value) }),
  "an event of the bus": (value) => ({
    version: "0",
    "detail-type": "t",
    account: "1",
    resources: ["arn:a"],
    detail: value,
  }),
  "a notification": (value) => ({
    Type: "Notification",
    MessageId: "m",
    TopicArn: "arn:t",
    Message: JSON.stringify(value),
  }),
};

describe("what is known and plain is kept, in any two envelopes", () => {
  for (const [outerName, outer] of Object.entries(envelopes))
    test.each(Object.entries(envelopes))(`${outerName} around %s`, (_, inner) => {
      const given = outer(inner(data));
      expect(redactJson(given)).toEqual(given);
      expect(isComplete(given)).toBe(true);
      const withPassword = { ...data, parameters: { ...data.parameters, NamespacePassword: 'hun"ter\\2' } };
      const left = { ...data, parameters: { ...data.parameters, NamespacePassword: gone } };
      expect(redactJson(outer(inner(withPassword)))).toEqual(outer(inner(left)));
      expect(isComplete(outer(inner(withPassword)))).toBe(false);
    });

  test("without what SNS signs, which no cancel needs", () => {
    const signed = { Type: "Notification", Signature: "c2lnbmF0dXJl", SigningCertURL: "https://sns", Message: "{}" };
    expect(redactJson(signed)).toEqual({ Type: "Notification", Message: "{}" });
    expect(isComplete(signed)).toBe(true);
  });
});

/** The forms in which secrets came to rest before: ordinary mistakes of clients, and some that are none. */
const forms: readonly (readonly [what: string, body: unknown])[] = [
  ["the body in base64", base64({ parameters: { NamespacePassword: "hunter2" } })],
  ["a notification's message in base64", { Type: "Notification", Message: base64({ NamespacePassword: "hunter2" }) }],
  ["an event's detail in base64", { "detail-type": "t", detail: base64({ NamespacePassword: "hunter2" }) }],
  ["a CloudEvent's data in base64", { specversion: "1.0", data: base64({ NamespacePassword: "hunter2" }) }],
  ["a list of names and values", { parameters: [{ Name: "NamespacePassword", Value: "hunter2" }] }],
  ["a list of pairs", { parameters: [["NamespacePassword", "hunter2"]] }],
  ["keys and values", { parameters: { ParameterKey: "NamespacePassword", ParameterValue: "hunter2" } }],
  ["a name that is cut short", { parameters: { NamespacePass: "hunter2" } }],
  ["pw", { pw: "hunter2" }],
  ["sk", { parameters: { sk: "hunter2" } }],
  ["a signature", { parameters: { Signature: "hunter2" } }],
  ["an escaped form", "JobId=1&NamespacePass%77ord=hunter2"],
  ["a form as a name", { "JobId=1&NamespacePassword=hunter2": "" }],
  ["user information of an URL", { reason: "see https://ops:hunter2@host/x" }],
  ["prose", { reason: "the password is hunter2" }],
  ["prose in base64", { reason: `see ${Buffer.from("password hunter2").toString("base64")}` }],
  ["prose with escapes", { reason: "pass%77ord hunter2" }],
  ["prose with escapes of JSON", { reason: "pass\\u0077ord hunter2" }],
  ["prose with escapes of HTML", { reason: "pass&#119;ord hunter2" }],
  ["prose with a Cyrillic letter", { reason: "pаssword hunter2" }],
  ["prose with letters of full width", { reason: "ｐａｓｓｗｏｒｄ hunter2" }],
  ["prose with a character of no width", { reason: "pass\u200bword hunter2" }],
  ["a name with a character of no width", { "Namespace\u200bPassword": "hunter2" }],
  ["a name with a Cyrillic letter", { parameters: { NamespacePаssword: "hunter2" } }],
  ["the first of two members of one name", '{"reason":"hunter2","reason":"x"}'],
  ["a list in a known member", { parameters: { JobId: ["hunter2"] } }],
  ["an object in a known member", { reason: { a: "hunter2" } }],
  ["a repetition of it", { parameters: { NamespacePassword: "hunter2", JobId: "hunter2" } }],
  ["a repetition of it in prose", { reason: "is it hunter2?", parameters: { NamespacePassword: "hunter2" } }],
  ["a repetition across envelopes", { subject: "hunter2", Message: '{"parameters":{"NamespacePassword":"hunter2"}}' }],
  ["a message that is cut off", '{"JobId":"j1","NamespacePassword":"hunter2","rea'],
  ["single quotes", "{'NamespacePassword':'hunter2'}"],
  ["YAML", "JobId: j1\nNamespacePassword: |\n  hunter2\n"],
  ["XML", "<NamespacePassword>hunter2</NamespacePassword>"],
  ["a header", "authorization: Bearer hunter2"],
  ["a list alone", ["hunter2"]],
  ["a text alone", "hunter2"],
  ["a list of resources that are none", { resources: [{ a: "hunter2" }] }],
];

test.each(forms)("is gone from %s", (_, body) => {
  const given = typeof body === "string" ? body : JSON.stringify(body);
  const left = redact(given).body;
  const told = [left, ...left.split('"').map((part) => Buffer.from(part, "base64").toString())].join("\n");
  expect(told).not.toContain("hunter2");
  expect(redact(left).body).toBe(left);
});

test("of what is not known a name remains that is a plain word, and its value does not", () => {
  expect(redactJson({ operation: "x", graph: "movie", "a b": 1, parameters: { depth: 3, n0: "y" }, ok: true })).toEqual(
    {
      ...{ operation: "x", graph: gone, [gone]: gone, parameters: { depth: gone, [gone]: gone }, ok: gone },
    },
  );
});

test("a member that is called like a prototype is one like any other", () => {
  const once = redact('{"__proto__":{"a":"hunter2"},"operation":"x"}');
  expect(once).toEqual({ body: `{"__proto__":"${gone}","operation":"x"}`, redacted: true });
  expect(redact(once.body)).toEqual(once);
});

test.each(["", "[redacted: 12 bytes that are no message]"])("%j is kept as it is", (body) => {
  expect(redact(body)).toEqual({ body, redacted: body !== "" });
});

test.each([
  ["hello", "[redacted: 5 bytes that are no message]"],
  ["[1]", '"[redacted: 3 bytes that are no message]"'],
  ["null", '"[redacted: 4 bytes that are no message]"'],
])("%s is no message, and not kept", (body, left) => expect(redact(body)).toEqual({ body: left, redacted: true }));

describe("a body of 1 MB", () => {
  const times = (text: string) => text.repeat(MiB / text.length);
  test.each([
    ["words", JSON.stringify({ reason: times("token ") })],
    ["lists without an end", times("[")],
    ["envelopes in envelopes", `${'{"data":'.repeat(20_000)}1${"}".repeat(20_000)}`],
    ["many secrets", JSON.stringify(Array.from({ length: 10_000 }, (_, i) => ({ token: `secret-${i}` })))],
    [
      "many members",
      JSON.stringify(Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`token${i}`, `s${i}`]))),
    ],
    ["escapes", JSON.stringify({ reason: times("%25").slice(0, 190_000) })],
  ])("of %s is short afterwards", (_, body) => {
    expect(redact(body).body.length).toBeLessThan(2_000);
  });
});
