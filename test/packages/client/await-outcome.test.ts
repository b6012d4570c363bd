import { describe, expect, test } from "vitest";
import { awaitOutcome } from "../../../packages/client/src/await-outcome.ts";
import type { Answered } from "../../../packages/client/src/http.ts";
import { JobApiError } from "../../../packages/client/src/job-api-error.ts";
import { ResultTimeoutError } from "../../../packages/client/src/result-timeout-error.ts";
import type { Outcome, Receipt } from "../../../packages/client/src/wire-views.ts";

const uid = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

const withOutcome = (outcome: Outcome, steps: readonly string[] = ["stop-requested"]): Receipt => ({
  uid,
  service: "dli",
  scope: { projectId: "p1" },
  jobId: "q-1",
  trigger: "http",
  requestedBy: "ops",
  onBehalfOf: null,
  reason: null,
  requestedAt: "2026-08-01T00:00:00Z",
  outcome,
  assurance: null,
  verified: false,
  evidence: null,
  steps: steps.map((step) => ({ at: "2026-08-01T00:00:00Z", step, detail: null })),
  timeToStopMs: null,
  residue: [],
  contradictions: [],
  repeats: 0,
});

const answer = (outcome: Outcome, retryAfterMs = 0): Answered<Receipt> => ({
  body: withOutcome(outcome),
  sentAt: 0,
  retryAfterMs,
});

/** Gives one answer after the other, the last one for ever, and notes when it was asked. */
const serverThatSays = (...answers: (Answered<Receipt> | Error)[]) => {
  const asked: number[] = [];
  const read = async () => {
    const next = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(performance.now());
    if (next === undefined || next instanceof Error) throw next;
    return next;
  };
  return { asked, read };
};

/** A server that never answers, as `fetch` shows it. */
const silentServer = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    const give = () => reject(new JobApiError("no answer", { cause: signal.reason }));
    signal.addEventListener("abort", give);
  });

describe("the wait for an outcome", () => {
  test.each<Outcome>(["stopped", "completed-first", "not-stopped"])("ends with %s", async (outcome) => {
    const { read, asked } = serverThatSays(answer("stopping"), answer(outcome));
    expect(await awaitOutcome({ uid, read, timeout: 5_000 })).toMatchObject({ outcome });
    expect(asked).toHaveLength(2);
  });

  test("looks again after pauses that grow", async () => {
    const stopping = answer("stopping");
    const { read, asked } = serverThatSays(stopping, stopping, stopping, answer("stopped"));
    await awaitOutcome({ uid, read, timeout: 5_000 });
    const pauses = asked.slice(1).map((at, look) => at - (asked[look] ?? 0));
    // With jitter a pause is 50 to 100 % of 100, 200 and 400 ms; a timer may be a millisecond early.
    for (const [look, least] of [49, 99, 199].entries()) expect(pauses[look]).toBeGreaterThanOrEqual(least);
  });

  test.each([
    ["an answer", answer("stopping", 300)],
    ["a refusal that may pass", new JobApiError("busy", { status: 429, retryAfterMs: 300 })],
  ])("keeps the Retry-After of %s", async (_, first) => {
    const { read, asked } = serverThatSays(first, answer("stopped"));
    await awaitOutcome({ uid, read, timeout: 5_000 });
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(299);
  });

  test("goes on through failures that may pass", async () => {
    const failures = [new JobApiError("no answer"), new JobApiError("down", { status: 503 })];
    const { read } = serverThatSays(...failures, answer("stopped"));
    expect(await awaitOutcome({ uid, read, timeout: 5_000 })).toMatchObject({ outcome: "stopped" });
  });

  test("ends at once with a refusal that will not pass", async () => {
    const refusal = new JobApiError("forbidden", { status: 403 });
    const { read, asked } = serverThatSays(answer("stopping"), refusal);
    await expect(awaitOutcome({ uid, read, timeout: 5_000 })).rejects.toBe(refusal);
    expect(asked).toHaveLength(2);
  });
});

describe("when the time is up", () => {
  test("the error has the receipt as last seen, and says how far it came", async () => {
    const receipt = withOutcome("stopping", ["stop-requested", "stop-request-delivered"]);
    const { read } = serverThatSays({ ...answer("stopping"), body: receipt });
    const error = await awaitOutcome({ uid, read, timeout: 120 }).catch((reason) => reason);
    expect(error).toBeInstanceOf(ResultTimeoutError);
    expect(error).toMatchObject({ name: "ResultTimeoutError", uid, timeout: 120, receipt });
    expect(error.cause).toBeUndefined();
    expect(error.message).toBe(`job ${uid} was still stopping after 120 ms (last step: stop-request-delivered)`);
  });

  test("the error has no receipt when none could be read, and says why", async () => {
    const cause = new JobApiError("down", { status: 503 });
    const { read } = serverThatSays(cause);
    const error = await awaitOutcome({ uid, read, timeout: 120 }).catch((reason) => reason);
    expect(error).toMatchObject({ receipt: undefined, cause });
    expect(error.message).toBe(`no receipt of job ${uid} could be read within 120 ms`);
  });

  test("a request on its way and a long Retry-After do not make the wait longer", async () => {
    const started = performance.now();
    await expect(awaitOutcome({ uid, read: silentServer, timeout: 120 })).rejects.toThrow(ResultTimeoutError);
    const { read } = serverThatSays(answer("stopping", 2 ** 40));
    await expect(awaitOutcome({ uid, read, timeout: 120 })).rejects.toThrow(ResultTimeoutError);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("a wait that is given up", () => {
  const reason = new Error("the request was closed");

  test("before it began asks nothing", async () => {
    const { read, asked } = serverThatSays(answer("stopped"));
    const signal = AbortSignal.abort(reason);
    await expect(awaitOutcome({ uid, read, timeout: 5_000, signal })).rejects.toBe(reason);
    expect(asked).toEqual([]);
  });

  test.each([
    ["during a pause", serverThatSays(answer("stopping")).read],
    ["during a request", silentServer],
  ])("%s ends with the signal's reason", async (_, read) => {
    const closing = new AbortController();
    setTimeout(() => closing.abort(reason), 50);
    const started = performance.now();
    await expect(awaitOutcome({ uid, read, timeout: 5_000, signal: closing.signal })).rejects.toBe(reason);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
