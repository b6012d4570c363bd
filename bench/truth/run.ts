/** Compares receipts with the truth: real processes, a referee that no product code feeds, and faults drawn from a seed. */
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runCampaign } from "./campaign.ts";
import { drawPlan } from "./draw.ts";
import { describeMachine } from "./machine.ts";
import type { Outcome } from "./outcome.ts";
import { kinds } from "./plan/plan.ts";
import { findContainment } from "./referee/containment.ts";
import { render } from "./report.ts";
import { forbiddenLies, replayCommand } from "./verdict.ts";
import { startInProcess } from "./worlds/in-process.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    faults: { type: "string" },
    json: { type: "string" },
    budget: { type: "string", default: "1800" },
  },
});

const seed = Number(values.seed);
const containment = findContainment();
const only = values.faults?.split(",");
const given = {
  seed,
  tier: "A",
  kinds,
  hasNamespace: containment !== "none",
  ...(only ? { only } : {}),
} as const;
const indices =
  values.only === undefined ? Array.from({ length: Number(values.runs) }, (_, i) => i) : [Number(values.only)];
const plans = indices.map((index) => drawPlan({ ...given, index }));
const note = (outcome: Outcome): void => {
  if (values.json) appendFileSync(values.json, `${JSON.stringify(outcome)}\n`);
};

const began = performance.now();
const { outcomes, notRun } = await runCampaign({
  plans,
  containment,
  worlds: 12,
  startWorld: (directory) => startInProcess(directory),
  deadline: began + Number(values.budget) * 1000,
  onOutcome: note,
});
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(
  render(outcomes, {
    lines: [
      ...describeMachine(),
      `Containment: ${containment}. Seed ${seed}, ${outcomes.length} jobs in ${seconds} s.`,
    ],
    notRun: notRun.length === 0 ? [] : [`${notRun.length} jobs of tier A: the budget was used up`],
  }),
);
const forbidden = forbiddenLies(outcomes);
for (const { outcome, lie } of forbidden)
  console.log(
    `\n${lie.class} at ${lie.assurance ?? "no assurance"}: ${lie.detail} (${outcome.plan.kind}, ${outcome.plan.fault})\n  ${replayCommand(outcome)}`,
  );
if (forbidden.length > 0) process.exitCode = 1;
