import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Writes the package that the other tests read. */
const packagesAnew = "test/end-to-end/processes.test.ts";

const longest = ["test/end-to-end/truth.test.ts", "test/properties/state-model.test.ts"];

/** What takes by far the longest begins first: at the end one core would have nothing to do beside it. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => longest.some((file) => moduleId.endsWith(file));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
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
