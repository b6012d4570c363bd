import { defineConfig } from "vitest/config";

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
          testTimeout: 10_000,
          hookTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "end-to-end",
          include: ["test/end-to-end/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // After the others and one file at a time: each has the runner's processes beside it.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
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
