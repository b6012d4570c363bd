import type { PlainAuthenticationError, ValidationIssue } from "../../validation/request-error.ts";
import { type Rejection, type Render, type Reply, type ReplyContext, type StateNames, stateOf } from "../reply.ts";

/**
 * Replies of Alibaba Cloud's RPC-style APIs: always a JSON object in PascalCase, `Code` only on errors, since a client
 * takes anything else for a success or cannot parse it. D documented, O observed with the SDKs, P our own decision.
 */
export const alibabaRpcReplies =
  (states: StateNames): Render =>
  (outcome, about) => {
    // D; P where the job is stopping already
    if (outcome.kind === "accepted" || outcome.kind === "remembered") return ok(about);
    if (outcome.kind === "shown") return ok(about, outcome.body);
    const { status, code, message, headers = {}, more = {} } = toNativeError(outcome, states);
    return {
      status,
      headers: { "x-acs-request-id": about.requestId, ...headers },
      body: {
        RequestId: about.requestId,
        HostId: about.host,
        Code: code,
        Message: message,
        Recommend: `https://api.alibabacloud.com/troubleshoot?q=${code}&product=gpdb&requestId=${about.requestId}`,
        ...more,
      },
    };
  };

const ok = ({ requestId }: ReplyContext, shown: object = {}): Reply => ({
  status: 200,
  headers: { "x-acs-request-id": requestId },
  body: { RequestId: requestId, Message: "success", Status: "success", ...shown },
});

interface Fault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Record<string, string>;
  readonly more?: object;
}

const fault = (status: number, code: string, message: string, extra: Partial<Fault> = {}): Fault => ({
  status,
  code,
  message,
  ...extra,
});

const toNativeError = (rejection: Rejection, states: StateNames): Fault => {
  switch (rejection.kind) {
    case "not-found":
      return fault(404, "Job.NotFound", "The specified job does not exist."); // P
    case "too-late":
      return fault(
        403,
        "OperationDenied.JobStatus",
        `The job is ${states[stateOf(rejection)]} and cannot be cancelled.`,
      ); // P
    case "wrong-secret": // D, including the status
      return fault(
        500,
        "AccountOrPassword.VerificationError",
        "verification account name or password failed, please check.",
      );
    case "unsupported-type":
      return fault(400, "OperationDenied.JobType", "Jobs of this type cannot be cancelled."); // P
    case "invalid":
      return faultOfIssue(rejection.issues[0]);
    case "malformed":
      return fault(400, "InvalidParameter", `The request cannot be read: ${rejection.detail}.`); // P
    case "wrong-content-type":
      return fault(
        400,
        "InvalidParameter",
        `The request cannot be read: its content type must be ${rejection.expected}.`,
      ); // P
    case "too-large":
      return fault(413, "RequestEntityTooLarge", `The request body is larger than ${rejection.limitBytes} bytes.`); // P
    case "head-too-large":
      return fault(431, "RequestHeaderFieldsTooLarge", `The URL and headers exceed ${rejection.limitBytes} bytes.`); // P
    case "unauthenticated":
      return rejection.fault === "bad-signature"
        ? badSignature(rejection.stringToSign)
        : authenticationFaults[rejection.fault];
    case "unknown-action":
      return rejection.action === undefined
        ? missing("Action")
        : fault(404, "InvalidApi.NotFound", "Specified api is not found, please check your url and method."); // D
    case "unknown-route":
      return fault(404, "InvalidApi.NotFound", "Specified api is not found, please check your url and method."); // D
    case "unknown-version":
      return rejection.version === undefined
        ? missing("Version")
        : fault(400, "InvalidVersion", "Specified parameter Version is not valid."); // D
    case "forbidden": // D
      return fault(403, "Forbidden.RAM", "User not authorized to operate on the specified resource.", {
        more: {
          AccessDeniedDetail: {
            AuthAction: rejection.action,
            AuthPrincipalType: "SubUser",
            NoPermissionType: rejection.explicitly ? "ExplicitDeny" : "ImplicitDeny",
            PolicyType: "AccountLevelIdentityBasedPolicy",
          },
        },
      });
    case "secret-locked":
      return fault(
        403,
        "AccountOrPassword.Locked",
        `Too many wrong passwords were given for this job; it is locked for you for ${rejection.minutes} minutes.`,
      ); // P
    case "throttled": // O: the SDKs wait as many milliseconds as the header says
      return fault(400, "Throttling.User", "Request was denied due to user flow control.", {
        headers: { "x-acs-retry-after": String(rejection.retryAfterMs) },
      });
    case "unavailable": // D
      return fault(503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server.");
    case "internal": // D
      return fault(
        500,
        "InternalError",
        "The request processing has failed due to some unknown error, exception or failure.",
      );
    default:
      throw new Error(`no reply to ${rejection satisfies never}`);
  }
};

const missing = (parameter: string): Fault =>
  fault(
    400,
    "MissingParameter",
    `The input parameter "${parameter}" that is mandatory for processing this request is not supplied.`,
  );

const faultOfIssue = ({ parameter, rule, expected }: ValidationIssue): Fault =>
  rule === "required"
    ? missing(parameter)
    : fault(400, "InvalidParameter", `The specified parameter "${parameter}" is not valid: it must be ${expected}.`);

/** O: a client compares what follows the colon with its own string to sign, to tell a wrong secret from a bug. */
const badSignature = (stringToSign: string): Fault =>
  fault(
    400,
    "SignatureDoesNotMatch",
    `Specified signature is not matched with our calculation. server string to sign is:${stringToSign}`,
  );

const authenticationFaults: Readonly<Record<PlainAuthenticationError, Fault>> = {
  missing: fault(400, "IncompleteSignature", "The request carries neither a signature nor a bearer token."), // P
  malformed: fault(400, "IncompleteSignature", "The request signature does not conform to Aliyun standards."), // D
  "unsupported-algorithm": fault(
    400,
    "UnsupportedSignatureAlgorithm",
    "The signature algorithm is not supported; use ACS3-HMAC-SHA256, ACS3-HMAC-SM3 or HMAC-SHA1.",
  ), // P
  "unknown-token": fault(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."), // P: as of a key
  "unknown-key": fault(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."), // D
  "missing-time": fault(400, "IllegalTimestamp", missing("Timestamp").message), // O
  "malformed-time": fault(400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."), // D
  expired: fault(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."), // D
  "wrong-security-token": fault(
    400,
    "InvalidSecurityToken.MismatchWithAccessKey",
    "Specified security token does not belong to the access key.",
  ), // P
  "nonce-used": fault(400, "SignatureNonceUsed", "Specified signature nonce was used already."), // D
  locked: fault(
    403,
    "InvalidAccessKeyId.Locked",
    "Too many wrong signatures came from your address with this access key; it is locked there for five minutes.",
  ), // P
};
