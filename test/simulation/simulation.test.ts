import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type JobsTable, startJobsTable } from "../support/stack/jobs-table.ts";
import type { Given } from "./setting.ts";
import { simulate } from "./simulate.ts";

let table: JobsTable;
beforeAll(async () => {
  table = await startJobsTable();
});
afterAll(() => table.stop());

const batch = 25;

// The seeds of the two differ, since all share a table. `npm run test:simulation -- --runs 1 --seed N` runs one again.
describe.each<Omit<Given, "seed"> & { from: number; runs: number }>([
  { from: 1_001, runs: 100, skewMs: 0, lag: 4, faults: true },
  { from: 2_001, runs: 200, skewMs: 300, lag: 4, faults: true },
])("with clocks ±$skewMs ms, failing calls and killed functions, no invariant falls", ({ from, runs, ...given }) => {
  const firstSeeds = Array.from({ length: runs / batch }, (_, index) => from + index * batch);

  test.each(firstSeeds)(`in ${batch} runs from seed %i`, { timeout: 120_000 }, async (first) => {
    let kills = 0;
    for (let seed = first; seed < first + batch; seed++) {
      const { violations, counts } = await simulate(table, { seed, ...given });
      expect({ seed, violations }).toEqual({ seed, violations: [] });
      kills += counts.kills ?? 0;
    }
    expect(kills).toBeGreaterThan(0);
  });
});
