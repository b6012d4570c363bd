import { parseArgs } from "node:util";
import { startBench } from "./measure.ts";
import { isFlat, type Row, render, toSummary } from "./report.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "15" },
    full: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
/** A hundred of each kind. */
const due = 300;
const sizes = [1_000, 10_000, 100_000, ...(values.full ? [1_000_000] : [])];
/** In the first the policy scans all jobs that were loaded, once. */
const warmUps = 3;

const benches = [];
try {
  for (const size of sizes) {
    console.error(`Loading ${size.toLocaleString("en")} jobs ...`);
    benches.push(await startBench(size));
  }
  const rows = benches.map(({ existing, run }) => ({ existing, run, samples: [] as Row["samples"][number][] }));
  for (let round = -warmUps; round < rounds; round++) {
    // Whoever comes first in one round comes last in the next.
    for (const { run, samples } of round % 2 === 0 ? rows : rows.toReversed()) {
      const sample = await run(due);
      if (sample.cancelled !== due) throw new Error(`a run cancelled ${sample.cancelled} of ${due} jobs`);
      if (round >= 0) samples.push(sample);
    }
  }
  console.log(
    values.json ? JSON.stringify({ rounds, due, rows: toSummary(rows) }, undefined, 2) : render(rows, due, rounds),
  );
  if (!isFlat(rows, "readUnits")) process.exitCode = 1;
} finally {
  await Promise.all(benches.map(({ stop }) => stop()));
}
