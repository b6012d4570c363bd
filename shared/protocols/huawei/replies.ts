import type { AuthenticationError, RequestError, ValidationIssue } from "../../validation/request-error.ts";
import { type Rejection, type Render, type Reply, type StateNames, stateOf } from "../reply.ts";

export type Fault = readonly [status: number, code: string, message: string];

export type AuthenticationFaults = Readonly<Record<AuthenticationError["fault"], Fault>>;

/** What one service says in its own words. What its gateway says for it is the same for all of them and stands below. */
export interface HuaweiWords {
  readonly errorBody: (code: string, message: string) => object;
  readonly accepted: Reply;
  readonly states: StateNames;
  readonly notFound: (jobId: string) => Fault;
  readonly tooLate: (jobId: string, state: string) => Fault;
  readonly unsupportedType: Fault;
  readonly invalid: (issue: ValidationIssue) => Fault;
  readonly authentication: AuthenticationFaults;
  readonly forbidden?: Fault;
  readonly unavailable?: Fault;
  readonly internal: Fault;
}

/**
 * Replies of Huawei-family services. The request id travels in `X-Request-Id`: their SDKs read only the header.
 * D documented, O observed with the SDKs, P our own decision.
 */
export const huaweiReplies =
  (service: HuaweiWords): Render =>
  (outcome, { requestId }) => {
    const identified = { "X-Request-Id": requestId };
    if (outcome.kind === "accepted" || outcome.kind === "remembered")
      return { ...service.accepted, headers: identified };
    if (outcome.kind === "shown") return { status: 200, headers: identified, body: outcome.body ?? {} };
    const [status, code, message] = toNativeError(outcome, service);
    const headers =
      outcome.kind === "throttled"
        ? { ...identified, "Retry-After": String(Math.ceil(outcome.retryAfterMs / 1000)) }
        : identified;
    return { status, headers, body: service.errorBody(code, message) };
  };

const toNativeError = (rejection: Rejection, service: HuaweiWords): Fault => {
  switch (rejection.kind) {
    case "not-found":
      return service.notFound(rejection.jobId ?? "");
    case "too-late":
      return service.tooLate(rejection.jobId ?? "", service.states[stateOf(rejection)]);
    case "unsupported-type":
      return service.unsupportedType;
    case "invalid":
      return service.invalid(rejection.issues[0]);
    case "unauthenticated":
      return service.authentication[rejection.fault];
    case "forbidden":
      return service.forbidden ?? [403, "APIGW.0302", "The IAM user is not authorized to access the API."]; // D
    case "unavailable":
      return service.unavailable ?? [503, "APIGW.0613", "The service is currently unavailable."]; // P
    case "internal":
      return service.internal;
    default:
      return gatewayFault(rejection);
  }
};

/** What the gateway answers before a service is reached. `wrong-secret` and actions are unknown to these services. */
const gatewayFault = (
  rejection: Extract<Rejection, { kind: "wrong-secret" }> | Extract<RequestError, { kind: GatewayFailure }>,
): Fault => {
  switch (rejection.kind) {
    case "throttled":
      return [429, "APIGW.0308", "The throttling threshold has been reached."]; // D
    case "too-large":
      return [413, "APIGW.0201", "Request entity too large."]; // D
    case "head-too-large":
      return [431, "APIGW.0201", "API request error: the URL and headers are too large."]; // P
    case "malformed":
      return [400, "APIGW.0201", `API request error: ${rejection.detail}.`]; // D code, P text
    case "wrong-content-type":
      return [400, "APIGW.0201", `API request error: the content type must be ${rejection.expected}.`]; // D code, P text
    case "unknown-route":
    case "unknown-action":
    case "unknown-version":
      return [404, "APIGW.0101", "The API does not exist or has not been published in the environment."]; // D
    case "wrong-secret":
    case "secret-locked":
      return [400, "APIGW.0201", "API request error: this service takes no secret."]; // P
    default:
      throw new Error(`no reply to ${rejection satisfies never}`);
  }
};

type GatewayFailure =
  | "throttled"
  | "secret-locked"
  | "too-large"
  | "head-too-large"
  | "malformed"
  | "wrong-content-type"
  | "unknown-route"
  | "unknown-action"
  | "unknown-version";

const incorrect = (detail: string): Fault => [401, "APIGW.0301", `Incorrect IAM authentication information: ${detail}`];

/** The gateway's answers where it is not known who sent a request: D code, O texts, P those so marked. */
export const gatewayAuthentication: AuthenticationFaults = {
  missing: incorrect("x-auth-token not found"),
  "unknown-token": incorrect("decrypt token fail"),
  "unknown-key": incorrect("Get secretKey failed, err: ak not exist"),
  "bad-signature": incorrect("verify aksk signature fail"),
  expired: incorrect("calc ak sk signature fail: signature expired"),
  // P text; it does not come up: without a date these signatures are incomplete.
  "missing-time": incorrect("calc ak sk signature fail: X-Sdk-Date is missing"),
  "malformed-time": incorrect("calc ak sk signature fail: X-Sdk-Date is not of the form 20060102T150405Z"), // P text
  locked: incorrect("AK access failed to reach the limit, forbidden."),
  malformed: incorrect("verify aksk signature fail: the signature or a signed header is missing"), // P text
  "unsupported-algorithm": incorrect(
    "the signature algorithm is not supported; use SDK-HMAC-SHA256 or V11-HMAC-SHA256",
  ), // P
  "wrong-security-token": incorrect("the security token does not belong to the access key"), // P
  "nonce-used": incorrect("the request was sent before"), // P; it does not come up, for these signatures have no nonce
};
