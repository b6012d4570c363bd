import { describe, expect, test } from "vitest";
import { problem, toProblem } from "../../../../shared/protocols/problem-details/problem.ts";
import type { RequestError } from "../../../../shared/validation/request-error.ts";

const about = { requestId: "R-1" };
const json = { "Content-Type": "application/problem+json" };

test("a problem has the members and the content type of RFC 9457", () => {
  const parts = { status: 409, code: "taken", title: "It is taken", detail: "Take another.", extensions: { uid: "u" } };
  expect(problem(parts, about)).toStrictEqual({
    status: 409,
    headers: json,
    body: {
      type: "urn:standdown:problem:taken",
      code: "taken",
      title: "It is taken",
      status: 409,
      detail: "Take another.",
      requestId: "R-1",
      uid: "u",
    },
  });
});

const noRoute = ["There is nothing at this path", "GET /openapi.json describes what there is."] as const;
const bearer = "Send Authorization: Bearer with a valid token.";

describe("a failure", () => {
  test.each<[RequestError, status: number, code: string, title: string, detail: string, headers?: object]>([
    [{ kind: "too-large", limitBytes: 9 }, 413, "body-too-large", "The body is too large", "It may have 9 bytes."],
    [{ kind: "secret-locked", minutes: 5 }, 403, "secret-locked", "The secret is locked", "Try again in 5 minutes."],
    [
      { kind: "head-too-large", limitBytes: 9 },
      431,
      "head-too-large",
      "The request line and headers are too large",
      "They may have 9 bytes.",
    ],
    [
      { kind: "malformed", detail: "the body is no JSON" },
      400,
      "malformed-request",
      "The request cannot be read",
      "The body is no JSON.",
    ],
    [
      { kind: "wrong-content-type", expected: "application/json" },
      415,
      "wrong-content-type",
      "The content type is not supported",
      "It must be application/json.",
    ],
    [
      { kind: "unauthenticated", fault: "missing" },
      401,
      "unauthenticated",
      "Who asks is not known",
      bearer,
      { "WWW-Authenticate": "Bearer" },
    ],
    [
      { kind: "unauthenticated", fault: "unknown-token" },
      401,
      "unauthenticated",
      "Who asks is not known",
      bearer,
      { "WWW-Authenticate": 'Bearer error="invalid_token"' },
    ],
    [{ kind: "unknown-route" }, 404, "route-not-found", ...noRoute],
    [
      { kind: "unknown-route", allowed: ["GET", "PUT"] },
      405,
      "method-not-allowed",
      "The method is not allowed",
      "Use GET or PUT.",
      { Allow: "GET, PUT" },
    ],
    [{ kind: "unknown-action", action: "a" }, 404, "route-not-found", ...noRoute],
    [{ kind: "unknown-version", version: "v" }, 404, "route-not-found", ...noRoute],
    [
      { kind: "forbidden", action: "standdown:GetJob", explicitly: true },
      403,
      "forbidden",
      "This is not allowed",
      "No policy of yours allows standdown:GetJob here.",
    ],
    [
      { kind: "throttled", retryAfterMs: 1001 },
      429,
      "throttled",
      "Too many requests",
      "Try again after the time in Retry-After.",
      { "Retry-After": "2" },
    ],
    [
      { kind: "unavailable" },
      503,
      "unavailable",
      "The service cannot answer now",
      "Nothing was lost; try again.",
      { "Retry-After": "1" },
    ],
    [{ kind: "internal" }, 500, "internal-error", "The service failed", "The log has the cause under this request id."],
  ])("%o is told as %d %s", (failure, status, code, title, detail, headers = {}) => {
    expect(toProblem(failure, about)).toStrictEqual({
      status,
      headers: { ...json, ...headers },
      body: { type: `urn:standdown:problem:${code}`, code, title, status, detail, requestId: "R-1" },
    });
  });

  test("of parameters lists them all, in words and as data", () => {
    const issues = [
      { parameter: "owner", rule: "required", expected: "given" },
      { parameter: "limit", rule: "invalid", expected: "a whole number from 1 to 100" },
    ] as const;
    expect(toProblem({ kind: "invalid", issues }, about)).toMatchObject({
      status: 400,
      body: {
        code: "invalid-request",
        title: "The request is not valid",
        detail: "owner is missing; limit must be a whole number from 1 to 100",
        errors: [
          { parameter: "owner", expected: "given" },
          { parameter: "limit", expected: "a whole number from 1 to 100" },
        ],
      },
    });
  });

  test("that no version knows fails loudly", () => {
    expect(() => toProblem({ kind: "tea" } as unknown as RequestError, about)).toThrow("no problem for");
  });
});
