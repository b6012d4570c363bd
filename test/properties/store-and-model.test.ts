import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import { scan, traces } from "../support/model/model-on-table.ts";
import type { Setting } from "../support/model/model-setting.ts";
import { type JobsTable, startJobsTable } from "../support/stack/jobs-table.ts";

let table: JobsTable;
beforeAll(async () => {
  table = await startJobsTable();
});
afterAll(() => table.stop());

const settings = fc.record<Setting>({
  state: fc.constantFrom("queued", "running", "not registered"),
  backend: fc.constantFrom("worker", "two steps"),
  busFails: fc.constant(true),
  maxRuntimeSeconds: fc.constantFrom(6, 3600),
});

test("the table does at every step of a trace what the model says", async () => {
  await fc.assert(
    fc.asyncProperty(traces(settings), async (trace) => {
      await scan(table, trace);
    }),
    { numRuns: 200, endOnFailure: true },
  );
}, 60_000);
