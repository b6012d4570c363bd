import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readParameters } from "../../shared/entrypoints/parameters.ts";
import { RequestRejected } from "../../shared/validation/request-error.ts";
import { cancelRequests } from "../support/requests/cancel-requests.ts";
import { readRequests, taskList } from "../support/requests/read-requests.ts";
import { useBundle } from "../support/stack/bundle.ts";

const bundle = useBundle();

const bytes = fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array).toString("latin1"));
const escaped = fc.string({ unit: fc.constantFrom("%", "2", "F", "f", "=", "&", "+", ";", "é", "\u0000", "a") });
const hostile = fc.oneof(
  fc.string(),
  bytes,
  escaped,
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("__proto__", "constructor", "toString"),
);

describe("no input makes an operation fail on our side", () => {
  const byId = [...cancelRequests, ...readRequests.filter((request) => request !== taskList)];
  test.each(byId)("$operation: hostile ids", async (request) => {
    await fc.assert(
      fc.asyncProperty(hostile, async (jobId) => {
        const reply = await request.send(bundle, encodeURIComponent(toWellFormed(jobId)) || "x");
        expect(reply.status).toBeGreaterThanOrEqual(400);
        expect(reply.status).toBeLessThan(500);
      }),
      { numRuns: 100 },
    );
  });

  test("list-scheduled-tasks: hostile filters and queries", async () => {
    const names = ["job_name", "job_status", "instance_id", "start_time", "end_time", "offset", "limit"];
    const filters = fc.dictionary(fc.constantFrom(...names), fc.oneof(hostile, fc.integer().map(String)));
    await fc.assert(
      fc.asyncProperty(filters, async (given) => {
        const parameters = Object.fromEntries(Object.entries(given).map(([name, text]) => [name, toWellFormed(text)]));
        expect((await taskList.send(bundle, "", { parameters })).status).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
    await fc.assert(
      fc.asyncProperty(escaped, async (query) => {
        const url = `/v3/p/scheduled-jobs?${query.replaceAll("#", "")}`;
        expect((await bundle.send("GET", url, { headers: { "x-auth-token": "ops-token" } })).status).toBeLessThan(500);
      }),
    );
  });

  test("analyticdb-rpc: hostile queries and bodies", async () => {
    const contentType = fc.constantFrom(
      "application/x-www-form-urlencoded",
      "application/json",
      "text/plain; charset=x",
      "",
    );
    await fc.assert(
      fc.asyncProperty(escaped, hostile, contentType, async (query, body, type) => {
        const headers = { authorization: "Bearer ops-token", "content-type": type };
        const reply = await bundle.send("POST", `/?Action=CancelCreateIndexJob&${query.replaceAll("#", "")}`, {
          headers,
          body,
        });
        expect(reply.status).toBeGreaterThanOrEqual(400);
        expect(reply.status).toBeLessThan(500);
        expect(reply.body.Code).toBeTruthy();
      }),
      { numRuns: 300 },
    );
  });

  test("the job API: any JSON, in any place", async () => {
    const paths = fc.constantFrom(
      "/jobs",
      "/jobs/01M81B5H806VX1FQP1DXEGF1DZ/finish",
      "/jobs/01M81B5H806VX1FQP1DXEGF1DZ/heartbeat",
    );
    const headers = { authorization: "Bearer ops-token", "content-type": "application/json" };
    await fc.assert(
      fc.asyncProperty(paths, fc.json({ maxDepth: 6 }), async (path, body) => {
        const reply = await bundle.send("POST", path, { headers, body });
        expect(reply.status).toBeGreaterThanOrEqual(400);
        expect(reply.status).toBeLessThan(500);
        expect(reply.body.code).toBeTruthy();
      }),
      { numRuns: 300 },
    );
  });

  test("the job API: JSON as deep as a body can be", async () => {
    const headers = { authorization: "Bearer ops-token", "content-type": "application/json" };
    const body = "[".repeat(500_000);
    expect((await bundle.send("POST", "/jobs", { headers, body })).status).toBe(400);
    expect((await bundle.send("POST", "/jobs", { headers, body: `${body}${"]".repeat(500_000)}` })).status).toBe(400);
  });
});

describe("parameters", () => {
  test("come back as they were encoded, whichever of query and form they stood in", () => {
    const word = fc.string({ unit: "grapheme", minLength: 1 }).map(toWellFormed);
    fc.assert(
      fc.property(fc.dictionary(word, word), fc.nat(), (given, split) => {
        const entries = Object.entries(given);
        const encode = (some: [string, string][]) => new URLSearchParams(some).toString();
        const at = entries.length === 0 ? 0 : split % entries.length;
        expect({ ...readParameters(encode(entries.slice(0, at)), encode(entries.slice(at))) }).toEqual({ ...given });
      }),
    );
  });

  test("are read or refused, and nothing else", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        try {
          readParameters(text);
        } catch (error) {
          expect(error).toBeInstanceOf(RequestRejected);
        }
      }),
    );
  });

  test("do not reach into the prototype", () => {
    expect(readParameters("__proto__=1&constructor=2")).toMatchObject({ constructor: "2" });
    expect(() => readParameters("a=1&a=1")).toThrow(RequestRejected);
  });
});

const toWellFormed = (text: string): string => text.toWellFormed();
