import { parseArgs } from "node:util";
import { startJobsTable } from "../support/stack/jobs-table.ts";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    "skew-ms": { type: "string", default: "300" },
    lag: { type: "string", default: "4" },
    "no-faults": { type: "boolean", default: false },
  },
});
const [runs, first, skewMs, lag] = [values.runs, values.seed, values["skew-ms"], values.lag].map(Number) as [
  number,
  number,
  number,
  number,
];

const totals: Record<string, number> = {};
const found = new Map<string, { count: number; seed: number; detail: unknown }>();
const table = await startJobsTable();
try {
  for (let seed = first; seed < first + runs; seed++) {
    const { violations, counts } = await simulate(table, { seed, skewMs, lag, faults: !values["no-faults"] });
    for (const [name, count] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + count;
    for (const { what, detail } of violations) {
      const known = found.get(what);
      found.set(what, known ? { ...known, count: known.count + 1 } : { count: 1, seed, detail });
    }
  }
} finally {
  await table.stop();
}

const names = Object.keys(totals).toSorted();
console.log(names.map((name) => `${name} ${totals[name]?.toLocaleString("en")}`).join(", "));
const violations = [...found.values()].reduce((sum, { count }) => sum + count, 0);
console.log(
  `${runs} runs from seed ${first}, clocks ±${skewMs} ms, indexes up to ${lag} commits behind: ${violations} violations`,
);
for (const [what, { count, seed, detail }] of found) {
  console.log(`${what}: ${count} times, first with --runs 1 --seed ${seed}`);
  if (detail !== undefined) console.log(`  ${JSON.stringify(detail).slice(0, 600)}`);
}
process.exit(violations > 0 ? 1 : 0);
