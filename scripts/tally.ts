/** What is read of the report of vitest's JSON reporter. */
export interface TestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Counts tests. A test that was skipped has not passed, nor has a file that could not be loaded or a run without tests;
 * and a run that failed for another reason, such as coverage or an error outside all tests, counts as one failure.
 */
export const tallyTests = (report: TestReport | undefined, succeeded: boolean): Tally => {
  if (report === undefined) return { passed: 0, failed: 1 };
  const statuses = report.testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const passed = statuses.filter((status) => status === "passed").length;
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((result) => result.status === "passed"),
  ).length;
  const failed = statuses.length - passed + brokenFiles;
  const unexplained = failed === 0 && (passed === 0 || !succeeded || !report.success);
  return { passed, failed: unexplained ? 1 : failed };
};

export const add = (a: Tally, b: Tally): Tally => ({ passed: a.passed + b.passed, failed: a.failed + b.failed });
