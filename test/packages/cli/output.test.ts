import { expect, test } from "vitest";
import { judge, judgeLate, type Level } from "../../../packages/cli/cancel/wait.ts";
import { toAnswer } from "../../../packages/cli/options/exit-codes.ts";
import { receiptText } from "../../../packages/cli/output/receipt-text.ts";
import { printable, terminalOf, toAge, toDuration, toTable } from "../../../packages/cli/output/terminal.ts";
import { JobApiError } from "../../../packages/client/src/job-api-error.ts";
import type { Receipt } from "../../../packages/client/src/wire-views.ts";

const at = "2026-11-28T10:00:00.000Z";
const receipt = (given: Partial<Receipt> = {}): Receipt => ({
  uid: "01M8GWF1N0QJTMWFKGTVH42CZS",
  service: "dli",
  scope: {},
  jobId: "nightly",
  trigger: "http",
  requestedBy: "ops",
  onBehalfOf: null,
  reason: null,
  requestedAt: at,
  outcome: "stopped",
  assurance: "observed",
  verified: true,
  evidence: { kind: "process-gone", at, witness: "principal worker", detail: "nothing was left" },
  steps: [
    { at, step: "stop-requested", detail: null },
    { at: "2026-11-28T10:00:01.500Z", step: "process-gone", detail: "nothing was left" },
  ],
  timeToStopMs: 1500,
  residue: [],
  contradictions: [],
  repeats: 0,
  ...given,
});

const levels: readonly Level[] = ["observed", "acknowledged", "accepted"];

/** Exit codes at the levels above; a dot where it is waited on, and then the code once the time is up. */
test.each<[Receipt["outcome"], Receipt["assurance"], string]>([
  ["stopping", null, "7. 7. 0"],
  ["not-stopped", null, "7. 7. 0"],
  ["completed-first", "acknowledged", "3 3 0"],
  ["stopped", "observed", "0 0 0"],
  ["stopped", "reported", "6. 0 0"],
  ["stopped", "acknowledged", "6. 0 0"],
  ["stopped", "never-started", "6. 0 0"],
  ["stopped", "presumed", "6. 6. 0"],
  ["stopped", "contradicted", "7. 7. 0"],
])("%s, %s: %s", (outcome, assurance, codes) => {
  const of = (level: Level) =>
    judge({ outcome, assurance } as Receipt, level) ?? `${judgeLate({ outcome, assurance } as Receipt)}.`;
  expect(levels.map(of).join(" ")).toBe(codes);
});

test.each<[number | undefined, string, number]>([
  [409, "too-late", 3],
  [401, "unauthenticated", 4],
  [403, "forbidden", 4],
  [404, "job-not-found", 5],
  [404, "no-cancellation", 5],
  [400, "invalid-request", 2],
  [503, "unavailable", 75],
  [429, "too-many-requests", 75],
  [undefined, "", 75],
  [409, "something-new", 1],
])("an answer %s %s ends with %d, and says what to do", (status, code, exit) => {
  const problem = status === undefined ? undefined : { type: "", title: "", detail: "", requestId: "", code, status };
  const error = Object.assign(Object.create(JobApiError.prototype), {
    status,
    code,
    problem,
    message: "GET / was answered",
  });
  Object.defineProperty(error, "isTransient", { value: status === undefined || status === 429 || status >= 500 });
  const answer = toAnswer(error);
  expect(answer.code).toBe(exit);
  expect(answer.words).toMatch(/\w/);
});

const plain = { style: (_: string, text: string) => text };

test("a receipt is a timeline that a person reads", () => {
  expect(
    receiptText(receipt({ reason: "wrong input", residue: ["half a table"], onBehalfOf: "alice" }), plain),
  ).toEqual([
    "dli nightly  01M8GWF1N0QJTMWFKGTVH42CZS",
    "stopped, observed after 1.5s",
    "A witness that is not the work itself saw that nothing of it is left.",
    "",
    "asked by ops, on behalf of alice (http): wrong input",
    "   +0.0s  stop-requested",
    "   +1.5s  process-gone            nothing was left",
    "",
    "witness: principal worker",
    "",
    "stays behind:",
    "  half a table",
  ]);
});

test("a receipt that is contradicted says so, and one that is open has no evidence", () => {
  const fallen = receipt({ assurance: "contradicted", residue: null, contradictions: [{ at, what: "a heartbeat" }] });
  expect(receiptText(fallen, plain).at(-1)).toBe(`contradicted at ${at}: a heartbeat`);
  const open = receiptText(
    receipt({ outcome: "stopping", assurance: null, evidence: null, timeToStopMs: null }),
    plain,
  );
  expect(open[1]).toBe("stopping");
  expect(open.join("\n")).not.toContain("witness");
});

test("what a job is called cannot write to the terminal", () => {
  expect(printable("a\u001b[2Jb\u202ec\n")).toBe("a\\u{1b}[2Jb\\u{202e}c\\u{a}");
  expect(receiptText(receipt({ reason: "\u001b]0;x\u0007" }), plain).join("")).not.toContain("\u001b");
});

test("a table has columns as wide as what is in them, and no line is longer than the terminal", () => {
  expect(
    toTable(
      ["A", "B"],
      [
        ["long one", "x"],
        ["s", "y"],
      ],
      80,
    ),
  ).toEqual(["A         B", "long one  x", "s         y"]);
  expect(toTable(["A"], [["0123456789"]], 5)).toEqual(["A", "0123…"]);
});

test.each([
  [0, "0.0s"],
  [9_990, "10.0s"],
  [59_000, "59s"],
  [600_000, "10m"],
  [7_200_000, "2h"],
  [172_800_000, "2d"],
])("%d ms are %s", (ms, text) => {
  expect(toDuration(ms)).toBe(text);
});

test("an age is none of what never was, and never negative", () => {
  expect([toAge(null, 0), toAge(at, Date.parse(at) - 5_000)]).toEqual(["-", "0.0s"]);
});

test("colours are for terminals, and not where NO_COLOR is", () => {
  const of = (isTTY: boolean, env: Record<string, string>) =>
    terminalOf({ isTTY, columns: 80 } as NodeJS.WriteStream, env).style("red", "x");
  expect([of(false, {}), of(true, { NO_COLOR: "1" }), of(true, { TERM: "dumb" })]).toEqual(["x", "x", "x"]);
  expect(of(true, {})).not.toBe("x");
});
