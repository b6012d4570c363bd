import { describe, expect, test } from "vitest";
import type { Outcome } from "../../../../shared/domain/outcome.ts";
import { gatewayAuthentication, type HuaweiWords, huaweiReplies } from "../../../../shared/protocols/huawei/replies.ts";
import type { StateNames } from "../../../../shared/protocols/reply.ts";
import type { AuthenticationError, RequestError } from "../../../../shared/validation/request-error.ts";
import { aJob } from "../../../support/stack/jobs.ts";

const states: StateNames = {
  queued: "LAUNCHING",
  running: "RUNNING",
  stopping: "CANCELLING",
  succeeded: "FINISHED",
  failed: "FAILED",
  cancelled: "CANCELLED",
};

const service: HuaweiWords = {
  errorBody: (code, message) => ({ code, message }),
  accepted: { status: 202, body: { ok: true } },
  states,
  notFound: (jobId) => [404, "S.1", `no ${jobId}`],
  tooLate: (jobId, state) => [400, "S.2", `${jobId} is ${state}`],
  unsupportedType: [400, "S.3", "no such type"],
  invalid: ({ parameter }) => [400, "S.4", `not ${parameter}`],
  authentication: gatewayAuthentication,
  internal: [500, "S.5", "our fault"],
};
const render = huaweiReplies(service);
const about = { requestId: "R-1", host: "h" };
const headers = { "X-Request-Id": "R-1" };

test.each(["accepted", "remembered"] as const)("a cancel that is %s is answered in the service's words", (kind) => {
  expect(render({ kind }, about)).toStrictEqual({ status: 202, headers, body: { ok: true } });
});

test("what is read is shown as it is", () => {
  expect(render({ kind: "shown" }, about)).toStrictEqual({ status: 200, headers, body: {} });
  expect(render({ kind: "shown", body: { job: 1 } }, about)).toStrictEqual({ status: 200, headers, body: { job: 1 } });
});

const issues = [
  { parameter: "job_id", rule: "invalid", expected: "text" },
  { parameter: "project_id", rule: "required", expected: "given" },
] as const;
const noApi = [404, "APIGW.0101", "The API does not exist or has not been published in the environment."] as const;

// The service's own words where it has any; else those of the gateway before it, as Huawei Cloud documents them.
describe("a denial", () => {
  test.each<[Outcome | RequestError, status: number, code: string, message: string]>([
    [{ kind: "not-found", jobId: "job-1" }, 404, "S.1", "no job-1"],
    [{ kind: "too-late", jobId: "job-1", job: aJob({ state: "succeeded" }) }, 400, "S.2", "job-1 is FINISHED"],
    [{ kind: "too-late" }, 400, "S.2", " is CANCELLED"],
    [{ kind: "unsupported-type" }, 400, "S.3", "no such type"],
    [{ kind: "invalid", issues }, 400, "S.4", "not job_id"],
    [{ kind: "internal" }, 500, "S.5", "our fault"],
    [
      { kind: "forbidden", action: "a", explicitly: true },
      403,
      "APIGW.0302",
      "The IAM user is not authorized to access the API.",
    ],
    [{ kind: "unavailable" }, 503, "APIGW.0613", "The service is currently unavailable."],
    [{ kind: "throttled", retryAfterMs: 1 }, 429, "APIGW.0308", "The throttling threshold has been reached."],
    [{ kind: "too-large", limitBytes: 9 }, 413, "APIGW.0201", "Request entity too large."],
    [{ kind: "secret-locked", minutes: 5 }, 400, "APIGW.0201", "API request error: this service takes no secret."],
    [
      { kind: "head-too-large", limitBytes: 9 },
      431,
      "APIGW.0201",
      "API request error: the URL and headers are too large.",
    ],
    [{ kind: "malformed", detail: "it is no JSON" }, 400, "APIGW.0201", "API request error: it is no JSON."],
    [
      { kind: "wrong-content-type", expected: "JSON" },
      400,
      "APIGW.0201",
      "API request error: the content type must be JSON.",
    ],
    [{ kind: "unknown-route" }, ...noApi],
    [{ kind: "unknown-action", action: "a" }, ...noApi],
    [{ kind: "unknown-version", version: "v" }, ...noApi],
    [{ kind: "wrong-secret" }, 400, "APIGW.0201", "API request error: this service takes no secret."],
  ])("%o is told as %d %s", (outcome, status, code, message) => {
    expect(render(outcome, about)).toMatchObject({ status, headers, body: { code, message } });
  });

  test("has the service's word for what is forbidden or not available, where it has one", () => {
    const own = huaweiReplies({ ...service, forbidden: [403, "S.6", "no"], unavailable: [500, "S.7", "later"] });
    expect(own({ kind: "forbidden", action: "a", explicitly: false }, about)).toMatchObject({ body: { code: "S.6" } });
    expect(own({ kind: "unavailable" }, about)).toMatchObject({ status: 500, body: { code: "S.7" } });
  });

  test("without a valid job id names none", () => {
    expect(render({ kind: "not-found" }, about)).toMatchObject({ body: { message: "no " } });
  });

  // RFC 9110, 10.2.3: Retry-After is in whole seconds.
  test.each([
    [1, "1"],
    [1000, "1"],
    [1001, "2"],
  ])("of a request that is throttled for %d ms says %s s", (retryAfterMs, seconds) => {
    const reply = render({ kind: "throttled", retryAfterMs }, about);
    expect(reply.headers).toEqual({ ...headers, "Retry-After": seconds });
    expect(render({ kind: "unavailable" }, about).headers).toEqual(headers);
  });

  test("that no version knows fails loudly", () => {
    expect(() => render({ kind: "tea" } as unknown as RequestError, about)).toThrow("no reply to");
  });
});

const details: Readonly<Record<AuthenticationError["fault"], string>> = {
  missing: "x-auth-token not found",
  "unknown-token": "decrypt token fail",
  "unknown-key": "Get secretKey failed, err: ak not exist",
  "bad-signature": "verify aksk signature fail",
  expired: "calc ak sk signature fail: signature expired",
  "missing-time": "calc ak sk signature fail: X-Sdk-Date is missing",
  "malformed-time": "calc ak sk signature fail: X-Sdk-Date is not of the form 20060102T150405Z",
  locked: "AK access failed to reach the limit, forbidden.",
  malformed: "verify aksk signature fail: the signature or a signed header is missing",
  "unsupported-algorithm": "the signature algorithm is not supported; use SDK-HMAC-SHA256 or V11-HMAC-SHA256",
  "wrong-security-token": "the security token does not belong to the access key",
  "nonce-used": "the request was sent before",
};

test.each(Object.entries(details))("who is not known for %s is told so as the gateway does", (fault, detail) => {
  const outcome = { kind: "unauthenticated", fault } as Extract<RequestError, { kind: "unauthenticated" }>;
  expect(render(outcome, about)).toStrictEqual({
    status: 401,
    headers,
    body: { code: "APIGW.0301", message: `Incorrect IAM authentication information: ${detail}` },
  });
});
