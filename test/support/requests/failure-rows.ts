import { expect, test } from "vitest";
import { type JobStore, StoreThrottled, StoreUnavailable } from "../../../shared/ports/job-store.ts";
import { inProcessBundle, type UsedBundle } from "../stack/bundle.ts";
import { type Asked, type CancelRequest, registerJob } from "./cancel-requests.ts";

/** A row of the failure table: what is asked for, and the status, code and words that it must give. */
export interface Row {
  readonly name: string;
  readonly asked?: Asked;
  readonly state?: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  readonly jobType?: string | undefined;
  /** Another job id than the registered one. */
  readonly jobId?: string;
  readonly expected: readonly [status: number, code: string, message: string | RegExp];
}

/** Where an error body of each protocol has its code and its message. */
const protocols = {
  analyticDb: ({ body }: { body: Record<string, unknown> }) => [body.Code, body.Message],
  ges: ({ body }: { body: Record<string, unknown> }) => [body.errorCode, body.errorMessage],
  gesRead: ({ body }: { body: Record<string, unknown> }) => [body.errorCode, body.errorMessage],
  underscored: ({ body }: { body: Record<string, unknown> }) => [body.error_code, body.error_msg],
};

export type Protocol = keyof typeof protocols;

/** The codes of a store that throttles, that is down, and of a fault of our own. */
export type StoreFaults = Readonly<
  Record<"throttled" | "unavailable" | "internal", readonly [status: number, code: string]>
>;

/** Tests each row against one operation, and what a failing store is told as. */
export const testFailures = (
  bundle: UsedBundle,
  request: CancelRequest,
  protocol: Protocol,
  rows: readonly Row[],
  storeFaults: StoreFaults,
): void => {
  test.each(rows)("refuses $name", async ({ asked, state, jobType, jobId, expected }) => {
    const standing = state ?? (request.service === "dds" ? "queued" : "running");
    const job = await registerJob(bundle, { ...request, ...(jobType && { jobType }) }, standing);
    const reply = await request.send(bundle, jobId ?? job.jobId, asked);
    const [status, code, message] = expected;
    const [actualCode, actualMessage] = protocols[protocol](reply);
    expect([reply.status, actualCode]).toEqual([status, code]);
    expect(actualMessage).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
    expectShape(protocol, reply);
  });

  test.each([
    { fault: new StoreThrottled("throttled"), kind: "throttled" },
    { fault: new StoreUnavailable("down"), kind: "unavailable" },
    { fault: new Error("a bug with a password=secret in it"), kind: "internal" },
  ] as const)("tells a store that is $kind", async ({ fault, kind }) => {
    const broken = inProcessBundle({
      ...bundle.table(),
      jobs: brokenBy(fault),
    });
    const reply = await request.send(broken, "any");
    expect([reply.status, protocols[protocol](reply)[0]]).toEqual(storeFaults[kind]);
    expectShape(protocol, reply);
    expect(reply.text).not.toContain("secret");
    if (kind !== "throttled") return;
    if (protocol === "analyticDb") expect(reply.headers["x-acs-retry-after"]).toBe("1000");
    else expect(reply.headers["Retry-After"]).toBe("1");
  });
};

/** A store in which nothing works that an operation could begin with. */
const brokenBy = (fault: Error): JobStore => {
  const fail = () => Promise.reject(fault);
  return { change: fail, newest: fail, list: fail, count: fail } as unknown as JobStore;
};

/** The fields of an error body, in the order of the alphabet. */
const fieldsOf: Readonly<Record<Exclude<Protocol, "analyticDb">, readonly string[]>> = {
  ges: ["errorCode", "errorMessage"],
  gesRead: ["errorCode", "errorMessage", "result"],
  underscored: ["error_code", "error_msg"],
};

/** What every error of a protocol has: exactly its fields, JSON, and the request id where the SDKs look for it. */
const expectShape = (protocol: Protocol, { body, headers }: { body: object; headers: Record<string, unknown> }) => {
  expect(headers["Content-Type"]).toBe("application/json");
  if (protocol === "analyticDb") {
    const { AccessDeniedDetail, ...fault } = body as Record<string, unknown>;
    expect(Object.keys(fault)).toEqual(["RequestId", "HostId", "Code", "Message", "Recommend"]);
    expect(fault.RequestId).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
    expect(AccessDeniedDetail !== undefined).toBe(fault.Code === "Forbidden.RAM");
    return;
  }
  expect(Object.keys(body).sort()).toEqual(fieldsOf[protocol]);
  expect(headers["X-Request-Id"]).toMatch(/^[0-9A-F-]{36}$/);
};
