import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.ts";
import { type Choice, choices } from "./choices.ts";
import { choiceRows, handlerRows } from "./compare.ts";
import { deployedFunctions } from "./functions.ts";
import { startJobsTable } from "./jobs-table.ts";
import { measure, type Samples } from "./measure.ts";
import { type Report, render } from "./report.ts";
import { vendorSources, verifyVendors } from "./vendors.ts";
import { verify } from "./verify.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "15" }, json: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
const directory = await mkdtemp(path.join(tmpdir(), "standdown-bundle-"));
const bare = await build({ name: "bare handler", entry: "bare" }, directory);
const samplesOfBare = (samples: ReadonlyMap<string, Samples>) => samples.get(bare.name) ?? [];

try {
  const report: Report = { rounds, ...(await compareFunctions()), choices: await compareChoices() };
  console.log(values.json ? JSON.stringify(report, undefined, 2) : render(report));
} finally {
  await rm(directory, { recursive: true });
}

async function compareFunctions() {
  console.error("Packaging and measuring the deployed functions beside the vendors' SDK cores ...");
  const functions = await deployedFunctions(directory);
  const vendors = await Promise.all(vendorSources.map((source) => build(source, directory)));
  await verifyVendors(vendors);
  // No configuration is read at import, only at the first request.
  const samples = await measure([bare, ...functions, ...vendors], rounds, { STANDDOWN_TABLE: "jobs" });
  const rivals = Object.groupBy(vendors, ({ name }) => name.split(",")[0] ?? name) as Record<string, typeof vendors>;
  return {
    functions: handlerRows(functions, rivals, samplesOfBare(samples), samples),
    vendors: handlerRows(vendors, {}, samplesOfBare(samples), samples),
  };
}

async function compareChoices() {
  await using table = await startJobsTable();
  const compared = [];
  for (const choice of choices) compared.push(await compare(choice, table.environment));
  return compared;
}

async function compare({ title, expectations, calls, variants }: Choice, environment: NodeJS.ProcessEnv) {
  console.error(`Measuring ${title} ...`);
  const built = await Promise.all(
    variants.map((source) => build({ ...source, event: expectations[0].event, calls }, directory)),
  );
  for (const variant of built) await verify(variant, expectations, environment);
  const samples = await measure([bare, ...built], rounds, environment);
  return { title, rows: choiceRows(built, samplesOfBare(samples), samples) };
}
