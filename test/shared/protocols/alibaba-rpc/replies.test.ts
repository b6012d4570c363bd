import { describe, expect, test } from "vitest";
import type { Outcome } from "../../../../shared/domain/outcome.ts";
import { alibabaRpcReplies } from "../../../../shared/protocols/alibaba-rpc/replies.ts";
import type { StateNames } from "../../../../shared/protocols/reply.ts";
import type { PlainAuthenticationError, RequestError } from "../../../../shared/validation/request-error.ts";
import { aJob } from "../../../support/stack/jobs.ts";

const states: StateNames = {
  queued: "Queued",
  running: "Running",
  stopping: "Stopping",
  succeeded: "Success",
  failed: "Failed",
  cancelled: "Cancelled",
};
const render = alibabaRpcReplies(states);
const about = { requestId: "R-1", host: "gpdb.aliyuncs.com" };

describe("a success", () => {
  test.each(["accepted", "remembered"] as const)("has the request id in the header and in the body: %s", (kind) => {
    expect(render({ kind }, about)).toStrictEqual({
      status: 200,
      headers: { "x-acs-request-id": "R-1" },
      body: { RequestId: "R-1", Message: "success", Status: "success" },
    });
  });

  test("shows what was read beside that, and a status of its own in place of the general one", () => {
    expect(render({ kind: "shown", body: { Job: { Id: "1" }, Status: "Running" } }, about).body).toStrictEqual({
      RequestId: "R-1",
      Message: "success",
      Status: "Running",
      Job: { Id: "1" },
    });
  });
});

describe("an error", () => {
  test("has the shape that the SDKs read", () => {
    expect(render({ kind: "not-found" }, about)).toStrictEqual({
      status: 404,
      headers: { "x-acs-request-id": "R-1" },
      body: {
        RequestId: "R-1",
        HostId: "gpdb.aliyuncs.com",
        Code: "Job.NotFound",
        Message: "The specified job does not exist.",
        Recommend: "https://api.alibabacloud.com/troubleshoot?q=Job.NotFound&product=gpdb&requestId=R-1",
      },
    });
  });

  test("of a throttled request says in milliseconds when to come again", () => {
    expect(render({ kind: "throttled", retryAfterMs: 1500 }, about).headers).toEqual({
      "x-acs-request-id": "R-1",
      "x-acs-retry-after": "1500",
    });
  });

  test.each([
    [true, "ExplicitDeny"],
    [false, "ImplicitDeny"],
  ])("of what is denied, explicitly: %s, says how", (explicitly, type) => {
    expect(render({ kind: "forbidden", action: "gpdb:CancelCreateIndexJob", explicitly }, about).body).toMatchObject({
      AccessDeniedDetail: {
        AuthAction: "gpdb:CancelCreateIndexJob",
        AuthPrincipalType: "SubUser",
        NoPermissionType: type,
        PolicyType: "AccountLevelIdentityBasedPolicy",
      },
    });
  });
});

type Row = readonly [outcome: Outcome | RequestError, status: number, code: string, message: string];

const issue = (rule: "required" | "invalid"): RequestError => ({
  kind: "invalid",
  issues: [
    { parameter: "JobId", rule, expected: "text" },
    { parameter: "RegionId", rule: "required", expected: "given" },
  ],
});
const notMandatory = (parameter: string) =>
  `The input parameter "${parameter}" that is mandatory for processing this request is not supplied.`;
const noApi = "Specified api is not found, please check your url and method.";

// What the error center of Alibaba Cloud documents, and where it has nothing, what docs/providers decided.
const rows: readonly Row[] = [
  [{ kind: "not-found" }, 404, "Job.NotFound", "The specified job does not exist."],
  [
    { kind: "too-late", job: aJob({ state: "succeeded" }) },
    403,
    "OperationDenied.JobStatus",
    "The job is Success and cannot be cancelled.",
  ],
  [{ kind: "too-late" }, 403, "OperationDenied.JobStatus", "The job is Cancelled and cannot be cancelled."],
  [
    { kind: "wrong-secret" },
    500,
    "AccountOrPassword.VerificationError",
    "verification account name or password failed, please check.",
  ],
  [{ kind: "unsupported-type" }, 400, "OperationDenied.JobType", "Jobs of this type cannot be cancelled."],
  [issue("required"), 400, "MissingParameter", notMandatory("JobId")],
  [issue("invalid"), 400, "InvalidParameter", 'The specified parameter "JobId" is not valid: it must be text.'],
  [
    { kind: "malformed", detail: "it is no JSON" },
    400,
    "InvalidParameter",
    "The request cannot be read: it is no JSON.",
  ],
  [
    { kind: "wrong-content-type", expected: "a form" },
    400,
    "InvalidParameter",
    "The request cannot be read: its content type must be a form.",
  ],
  [{ kind: "too-large", limitBytes: 9 }, 413, "RequestEntityTooLarge", "The request body is larger than 9 bytes."],
  [
    { kind: "secret-locked", minutes: 5 },
    403,
    "AccountOrPassword.Locked",
    "Too many wrong passwords were given for this job; it is locked for you for 5 minutes.",
  ],
  [
    { kind: "head-too-large", limitBytes: 9 },
    431,
    "RequestHeaderFieldsTooLarge",
    "The URL and headers exceed 9 bytes.",
  ],
  [{ kind: "unknown-action", action: undefined }, 400, "MissingParameter", notMandatory("Action")],
  [{ kind: "unknown-action", action: "Drop" }, 404, "InvalidApi.NotFound", noApi],
  [{ kind: "unknown-route" }, 404, "InvalidApi.NotFound", noApi],
  [{ kind: "unknown-version", version: undefined }, 400, "MissingParameter", notMandatory("Version")],
  [
    { kind: "unknown-version", version: "1999-01-01" },
    400,
    "InvalidVersion",
    "Specified parameter Version is not valid.",
  ],
  [
    { kind: "forbidden", action: "a", explicitly: false },
    403,
    "Forbidden.RAM",
    "User not authorized to operate on the specified resource.",
  ],
  [{ kind: "throttled", retryAfterMs: 1 }, 400, "Throttling.User", "Request was denied due to user flow control."],
  [
    { kind: "unavailable" },
    503,
    "ServiceUnavailable",
    "The request has failed due to a temporary failure of the server.",
  ],
  [
    { kind: "internal" },
    500,
    "InternalError",
    "The request processing has failed due to some unknown error, exception or failure.",
  ],
  [
    { kind: "unauthenticated", fault: "bad-signature", keyId: "AK", stringToSign: "GET&%2F&" },
    400,
    "SignatureDoesNotMatch",
    "Specified signature is not matched with our calculation. server string to sign is:GET&%2F&",
  ],
];

test.each(rows)("%o is told as %d %s", (outcome, status, code, message) => {
  const reply = render(outcome, about);
  expect(reply).toMatchObject({ status, body: { Code: code, Message: message } });
});

const noKey = [404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."] as const;
const faults: Readonly<Record<PlainAuthenticationError, readonly [status: number, code: string, message: string]>> = {
  missing: [400, "IncompleteSignature", "The request carries neither a signature nor a bearer token."],
  malformed: [400, "IncompleteSignature", "The request signature does not conform to Aliyun standards."],
  "unsupported-algorithm": [
    400,
    "UnsupportedSignatureAlgorithm",
    "The signature algorithm is not supported; use ACS3-HMAC-SHA256, ACS3-HMAC-SM3 or HMAC-SHA1.",
  ],
  "unknown-token": noKey,
  "unknown-key": noKey,
  "missing-time": [
    400,
    "IllegalTimestamp",
    'The input parameter "Timestamp" that is mandatory for processing this request is not supplied.',
  ],
  "malformed-time": [400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."],
  expired: [400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."],
  "wrong-security-token": [
    400,
    "InvalidSecurityToken.MismatchWithAccessKey",
    "Specified security token does not belong to the access key.",
  ],
  "nonce-used": [400, "SignatureNonceUsed", "Specified signature nonce was used already."],
  locked: [
    403,
    "InvalidAccessKeyId.Locked",
    "Too many wrong signatures came from your address with this access key; it is locked there for five minutes.",
  ],
};

test.each(Object.entries(faults))("who is not known for %s is told so", (fault, [status, code, message]) => {
  const reply = render({ kind: "unauthenticated", fault: fault as PlainAuthenticationError }, about);
  expect(reply).toMatchObject({ status, body: { Code: code, Message: message } });
});

test("an outcome that no version knows fails loudly", () => {
  expect(() => render({ kind: "tea" } as unknown as RequestError, about)).toThrow("no reply to");
});
