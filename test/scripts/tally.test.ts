import { expect, test } from "vitest";
import { tallyTests } from "../../scripts/tally.ts";

const file = (status: string, ...statuses: string[]) => ({
  name: "a.test.ts",
  status,
  assertionResults: statuses.map((one) => ({ status: one })),
});
const report = (success: boolean, ...testResults: ReturnType<typeof file>[]) => ({ success, testResults });

test.each([
  ["all passed", report(true, file("passed", "passed", "passed")), true, 2, 0],
  ["one failed", report(false, file("failed", "passed", "failed")), false, 1, 1],
  ["skipped since a hook failed", report(false, file("failed", "skipped", "pending")), false, 0, 2],
  ["skipped by hand", report(true, file("passed", "passed", "skipped")), true, 1, 1],
  ["still to do", report(true, file("passed", "passed", "todo")), true, 1, 1],
  ["a file that cannot be loaded", report(false, file("failed"), file("passed", "passed")), false, 1, 1],
  ["a hook failed after the tests", report(false, file("failed", "passed")), false, 1, 1],
  ["failed for another reason, as coverage", report(true, file("passed", "passed")), false, 1, 1],
  ["an error outside all tests", report(false, file("passed", "passed")), true, 1, 1],
  ["no tests", report(true), true, 0, 1],
  ["no report", undefined, false, 0, 1],
  ["no report, and nobody complained", undefined, true, 0, 1],
])("%s", (_, given, succeeded, passed, failed) => {
  expect(tallyTests(given, succeeded)).toEqual({ passed, failed });
});
