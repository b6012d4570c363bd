import { parseArgs } from "node:util";
import { startJobsTable } from "../../test/support/jobs-table.ts";
import { healthyJobs } from "./jobs.ts";
import { load } from "./load.ts";
import { cleanUpBench, type Row } from "./measure.ts";
import { aim, isFlat, render } from "./report.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "9" },
    full: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const runs = Number(values.runs);
const due = 100;
const sizes = [1_000, 10_000, 100_000, ...(values.full ? [1_000_000] : [])];
const chunk = 10_000;

const table = await startJobsTable();
try {
  const now = Date.now();
  const measure = cleanUpBench(table, now);
  const rows: Row[] = [];
  let existing = 0;
  for (const size of sizes) {
    console.error(`Loading ${size.toLocaleString("en")} jobs ...`);
    for (; existing < size; existing += Math.min(chunk, size - existing))
      await load(table, healthyJobs(Math.min(chunk, size - existing), now));
    rows.push(await measure(existing, due, runs));
  }
  console.log(values.json ? JSON.stringify({ runs, aim, rows }, undefined, 2) : render(rows, runs));
  if (rows.some(({ cancelled }) => cancelled.min !== due)) throw new Error("a run did not cancel what was due");
  if (!isFlat(rows, ({ readUnits }) => readUnits.median)) process.exitCode = 1;
} finally {
  await table.stop();
}
