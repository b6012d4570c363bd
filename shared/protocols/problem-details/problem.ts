import { describeIssue, type RequestError } from "../../validation/request-error.ts";
import type { Reply, ReplyContext } from "../reply.ts";

/** A refusal of our own API as RFC 9457 has it. `code` is the last part of `type`, for those who switch on it. */
export interface ProblemDetails {
  readonly type: string;
  readonly code: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
  readonly [extension: string]: unknown;
}

export interface ProblemParts {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export const problem = (parts: ProblemParts, { requestId }: Pick<ReplyContext, "requestId">): Reply => {
  const { status, code, title, detail, headers, extensions } = parts;
  const body: ProblemDetails = {
    type: `urn:standdown:problem:${code}`,
    code,
    title,
    status,
    detail,
    requestId,
    ...extensions,
  };
  return { status, headers: { "Content-Type": "application/problem+json", ...headers }, body };
};

/** Renders what every route can answer, whichever of our own APIs it belongs to. */
export const toProblem = (failure: RequestError, about: Pick<ReplyContext, "requestId">): Reply =>
  problem(toProblemParts(failure), about);

const toProblemParts = (failure: RequestError): ProblemParts => {
  switch (failure.kind) {
    case "too-large":
      return parts(413, "body-too-large", "The body is too large", `It may have ${failure.limitBytes} bytes.`);
    case "head-too-large":
      return parts(
        431,
        "head-too-large",
        "The request line and headers are too large",
        `They may have ${failure.limitBytes} bytes.`,
      );
    case "malformed":
      return parts(400, "malformed-request", "The request cannot be read", `${sentence(failure.detail)}.`);
    case "wrong-content-type":
      return parts(415, "wrong-content-type", "The content type is not supported", `It must be ${failure.expected}.`);
    case "unauthenticated":
      return {
        ...parts(401, "unauthenticated", "Who asks is not known", "Send Authorization: Bearer with a valid token."),
        headers: { "WWW-Authenticate": failure.fault === "missing" ? "Bearer" : 'Bearer error="invalid_token"' },
      };
    case "unknown-route":
      return failure.allowed
        ? {
            ...parts(405, "method-not-allowed", "The method is not allowed", `Use ${failure.allowed.join(" or ")}.`),
            headers: { Allow: failure.allowed.join(", ") },
          }
        : parts(404, "route-not-found", "There is nothing at this path", "GET /openapi.json describes what there is.");
    case "unknown-action":
    case "unknown-version":
      return parts(
        404,
        "route-not-found",
        "There is nothing at this path",
        "GET /openapi.json describes what there is.",
      );
    case "invalid":
      return {
        ...parts(400, "invalid-request", "The request is not valid", failure.issues.map(describeIssue).join("; ")),
        extensions: { errors: failure.issues.map(({ parameter, expected }) => ({ parameter, expected })) },
      };
    case "forbidden":
      return parts(403, "forbidden", "This is not allowed", `No policy of yours allows ${failure.action} here.`);
    case "secret-locked":
      return parts(403, "secret-locked", "The secret is locked", `Try again in ${failure.minutes} minutes.`);
    case "throttled":
      return {
        ...parts(429, "throttled", "Too many requests", "Try again after the time in Retry-After."),
        headers: { "Retry-After": String(Math.ceil(failure.retryAfterMs / 1000)) },
      };
    case "unavailable":
      return {
        ...parts(503, "unavailable", "The service cannot answer now", "Nothing was lost; try again."),
        headers: { "Retry-After": "1" },
      };
    case "internal":
      return parts(500, "internal-error", "The service failed", "The log has the cause under this request id.");
    default:
      throw new Error(`no problem for ${failure satisfies never}`);
  }
};

const parts = (status: number, code: string, title: string, detail: string): ProblemParts => ({
  status,
  code,
  title,
  detail,
});

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
