import { defineConfig } from "vitest/config";

/** Writes the package that the other tests read. */
const packagesAnew = "test/end-to-end/processes.test.ts";

export default defineConfig({
  test: {
    // Two cores: one process each. Files that follow each other in one have its modules loaded already.
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/end-to-end/**"],
          testTimeout: 30_000,
          hookTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "end-to-end",
          include: ["test/end-to-end/**/*.test.ts"],
          exclude: [packagesAnew],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // After the others: each has the runner's processes beside it.
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "npm-start",
          include: [packagesAnew],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
    coverage: {
      provider: "v8",
      reportOnFailure: true,
      include: ["functions/**/*.ts", "shared/**/*.ts", "packages/**/*.ts", "examples/**/*.ts"],
      exclude: ["packages/*/dist/**"],
      reporter: ["text-summary", "json-summary"],
      // What is missing are the cases that `satisfies never` proves impossible.
      thresholds: { "shared/domain/**": { functions: 100, lines: 100, statements: 100, branches: 99 } },
    },
  },
});
