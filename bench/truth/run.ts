/** Compares receipts with the truth: real processes, a referee that no product code feeds, and faults drawn from a seed. */
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.ts";
import { describeCut, describeGaps } from "./not-run.ts";
import type { Outcome } from "./outcome.ts";
import { type Kind, type Tier, tiers } from "./plan/plan.ts";
import { findContainment } from "./referee/containment.ts";
import { render } from "./report.ts";
import { describeSelfTest, isTrustworthy, runSelfTest } from "./self-test.ts";
import { shrink } from "./shrink.ts";
import { runTier, sharesOf } from "./tiers.ts";
import { forbiddenLies, replayCommand } from "./verdict.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    tier: { type: "string" },
    only: { type: "string" },
    faults: { type: "string" },
    kinds: { type: "string" },
    shrink: { type: "boolean", default: false },
    json: { type: "string" },
    budget: { type: "string", default: "1750" },
  },
});

const began = performance.now();
const seed = Number(values.seed);
const containment = findContainment();
const machine = describeMachine(containment);
const wanted = values.tier as Tier | undefined;
if (wanted !== undefined && !tiers.includes(wanted)) throw new RangeError(`--tier is one of ${tiers.join(", ")}`);
const given = {
  seed,
  containment,
  deadline: began + Number(values.budget) * 1000,
  only: values.kinds?.split(",") as Kind[] | undefined,
  ...(values.faults === undefined ? {} : { faults: values.faults.split(",") }),
  onOutcome: (outcome: Outcome): void => {
    if (values.json) appendFileSync(values.json, `${JSON.stringify(outcome)}\n`);
  },
};

if (values.only !== undefined) {
  const [tier, index] = [wanted ?? "A", Number(values.only)];
  if (values.shrink) console.log(await shrink({ ...given, tier, index }));
  else console.log(JSON.stringify((await runTier({ ...given, tier, indices: [index] })).outcomes[0], undefined, 2));
  process.exit();
}

const selfTest = await runSelfTest(containment, 40);
for (const line of describeSelfTest(selfTest)) console.log(line);
if (!isTrustworthy(selfTest)) {
  console.log("The referee cannot be believed: the campaign is void.");
  process.exit(2);
}

const outcomes: Outcome[] = [];
const notRun: string[] = [];
for (const { tier, runs } of sharesOf(Number(values.runs), wanted)) {
  const indices = Array.from({ length: runs }, (_, index) => index);
  const result = await runTier({ ...given, tier, indices });
  outcomes.push(...result.outcomes);
  notRun.push(...describeCut(tier, result, runs));
  console.error(`tier ${tier}: ${result.outcomes.length} jobs, ${Math.round((performance.now() - began) / 1000)} s`);
}
notRun.push(...describeGaps(containment, outcomes, given.only));
const seconds = Math.round((performance.now() - began) / 1000);
const circumstances = `Seed ${seed}, ${outcomes.length} jobs in ${seconds} s, self test included.`;
console.log(render(outcomes, { lines: [...machine, circumstances], notRun }));

const forbidden = forbiddenLies(outcomes);
for (const { outcome, lie } of forbidden) {
  const { kind, faults } = outcome.plan;
  console.log(`\n${lie.class} at ${lie.assurance ?? "no assurance"}: ${lie.detail} (${kind}, ${faults.join(" and ")})`);
  console.log(`  ${replayCommand(outcome)}`);
}
if (forbidden.length > 0) process.exitCode = 1;
