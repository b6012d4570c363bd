import { parseArgs } from "node:util";
import { figure, paired, ratio } from "../bundle/statistics.ts";
import { lists, startBench } from "./measure.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, full: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
const sizes = [1_000, 10_000, 100_000, ...(values.full ? [1_000_000] : [])];
const warmUps = 2;

type Samples = Readonly<Record<"units" | "ms", number[]>>;

const benches: Awaited<ReturnType<typeof startBench>>[] = [];
try {
  for (const size of sizes) {
    console.error(`Loading ${size.toLocaleString("en")} jobs ...`);
    benches.push(await startBench(size));
  }
  const measured = lists.map((list) => ({
    list,
    shown: 0,
    rows: benches.map((bench) => ({ bench, samples: { units: [], ms: [] } as Samples })),
  }));
  for (let round = -warmUps; round < rounds; round++)
    // Whoever comes first in one round comes last in the next.
    for (const each of measured)
      for (const { bench, samples } of round % 2 === 0 ? each.rows : each.rows.toReversed()) {
        const { shown, units, ms } = await bench.run(each.list);
        if (each.shown !== 0 && shown !== each.shown) throw new Error(`${each.list.name} showed ${shown} jobs`);
        each.shown = shown;
        if (round < 0) continue;
        samples.units.push(units);
        samples.ms.push(ms);
      }

  console.log(
    `Median of ${rounds} rounds, in which all tables take turns. x: beside the first table, within a round.\n`,
  );
  let isMet = true;
  for (const { list, shown, rows } of measured) {
    console.log(`${list.name} (${shown} jobs, within ${list.aim})`);
    for (const { bench, samples } of rows) {
      const [first] = rows;
      const of = (measure: keyof Samples) => {
        const times = paired(samples[measure], first?.samples[measure] ?? [], ratio).median;
        if (measure === "units" && times > list.aim) isMet = false;
        return `${figure(samples[measure]).median.toFixed(1).padStart(7)} ${measure} x ${times.toFixed(2)}`;
      };
      console.log(`  ${bench.existing.toLocaleString("en").padStart(9)} live jobs  ${of("units")}  ${of("ms")}`);
    }
  }
  console.log(`\nread units: ${isMet ? "met" : "NOT MET"}. Units are those that the table says it consumed.`);
  if (!isMet) process.exitCode = 1;
} finally {
  await Promise.all(benches.map(({ stop }) => stop()));
}
