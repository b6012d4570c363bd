import { describe, expect, test } from "vitest";
import { readParameters } from "../../../shared/entrypoints/parameters.ts";
import { cancelRequests } from "../../support/requests/cancel-requests.ts";
import { readRequests } from "../../support/requests/read-requests.ts";
import { toRequestError } from "../../support/requests/to-request-error.ts";
import { project, type Sent, useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

const form = { "content-type": "application/x-www-form-urlencoded" };
const sqlJob = `/v1.0/${project}/jobs/job-1`;

describe("before anything is decoded", () => {
  test.each<[string, string, string, Sent, number, RegExp]>([
    [
      "a form",
      "POST",
      "/",
      { headers: form, body: `p=${"x".repeat(65_535)}` },
      413,
      /RequestEntityTooLarge.*65536 bytes/,
    ],
    ["a body", "DELETE", sqlJob, { body: "x".repeat(65_537) }, 413, /APIGW.0201/],
    ["a body in base64", "DELETE", sqlJob, { body: Buffer.alloc(65_537, 255) }, 413, /APIGW.0201/],
    ["headers", "DELETE", sqlJob, { headers: { a: "x".repeat(16_384) } }, 431, /APIGW.0201.*headers are too large/],
    [
      "headers of many",
      "POST",
      "/",
      { headers: { ...form, a: "é".repeat(8_192) } },
      431,
      /RequestHeaderFieldsTooLarge/,
    ],
    ["a query", "GET", `/jobs?label=${"x".repeat(16_384)}`, {}, 431, /head-too-large/],
    ["a path", "DELETE", `${sqlJob}${"1".repeat(16_384)}`, {}, 431, /APIGW.0201/],
    ["a body of the job API", "POST", "/jobs", { body: "x".repeat(1_048_577) }, 413, /body-too-large/],
  ])("%s that no API needs is refused", async (_, method, url, sent, status, told) => {
    const reply = await bundle.send(method, url, sent);
    expect([reply.status, reply.text]).toEqual([status, expect.stringMatching(told)]);
  });

  test("what is as long as it may be goes on", async () => {
    const head = sqlJob.length + "host".length + "gateway.test".length + "a".length;
    const reply = await bundle.send("DELETE", sqlJob, {
      headers: {
        a: "x".repeat(16_384 - head - "content-type".length - "application/json".length),
        "content-type": "application/json",
      },
      body: `"${"x".repeat(65_534)}"`,
    });
    expect(reply.body.error_code).toBe("DLI.0013");
  });
});

describe("parameters", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `p${index}=1`);

  test("are a hundred at most, in query and form together", () => {
    expect(Object.keys(readParameters(many(100).join("&")))).toHaveLength(100);
    expect(Object.keys(readParameters(many(60).join("&"), many(100).slice(60).join("&")))).toHaveLength(100);
    for (const parts of [[many(101).join("&")], [many(60).join("&"), many(101).slice(60).join("&")]])
      expect(toRequestError(() => readParameters(...parts))).toEqual({
        kind: "malformed",
        detail: "there are more than 100 parameters",
      });
    expect(toRequestError(() => readParameters("&".repeat(101)))).toMatchObject({ kind: "malformed" });
  });

  test("have names of at most 256 characters", () => {
    expect(readParameters(`${"n".repeat(256)}=1`)).toMatchObject({ ["n".repeat(256)]: "1" });
    expect(toRequestError(() => readParameters(`${"n".repeat(257)}=1`))).toMatchObject({ kind: "malformed" });
  });

  test("that are long are decoded when they are read, once", () => {
    const wrong = readParameters(`p=${"x".repeat(300)}%zz`);
    expect(toRequestError(() => wrong.p)).toMatchObject({ detail: "a parameter is not percent-encoded UTF-8" });
    const right = readParameters(`p=${"%41".repeat(100)}`);
    expect([right.p, right.p, { ...right }]).toEqual(["A".repeat(100), "A".repeat(100), { p: "A".repeat(100) }]);
  });
});

describe("what a body means is asked after who sends it", () => {
  const rest = [...cancelRequests, ...readRequests].filter(({ service }) => !service.startsWith("analyticdb"));

  test.each(rest)("$operation", async (request) => {
    const asked = { body: "{", headers: { "content-type": "application/json" } };
    const unknown = await request.send(bundle, "job-1", { ...asked, token: "guessed" });
    const known = await request.send(bundle, "job-1", asked);
    expect(JSON.stringify(known.body)).toContain("is not JSON");
    expect(JSON.stringify(unknown.body)).not.toContain("is not JSON");
  });
});
