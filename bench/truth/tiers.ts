import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Campaign, type CampaignResult, runCampaign } from "./campaign.ts";
import { drawPlan } from "./draw.ts";
import { type Kind, type Plan, type Tier, tiers } from "./plan/plan.ts";
import type { Containment } from "./referee/containment.ts";
import { availableKinds } from "./work/start-work.ts";
import { type Database, startDatabase } from "./worlds/database.ts";
import { startInProcess } from "./worlds/in-process.ts";
import { startPackaged } from "./worlds/packaged.ts";
import { breakStack } from "./worlds/stack-faults.ts";

export interface TierOptions extends Pick<Campaign, "work" | "onOutcome"> {
  readonly tier: Tier;
  readonly seed: number;
  readonly indices: readonly number[];
  readonly containment: Containment;
  readonly deadline: number;
  /** Only work of these kinds; all where absent. */
  readonly only?: readonly Kind[] | undefined;
  /** Only these faults; all where absent. */
  readonly faults?: readonly string[];
  /** In place of those that are drawn. */
  readonly plans?: readonly Plan[];
}

const sharesOfAll: Readonly<Record<Tier, number>> = { A: 0.87, B: 0.08, C: 0.05 };

/** How many of so many jobs each tier runs. */
export const sharesOf = (runs: number, only?: Tier): readonly { readonly tier: Tier; readonly runs: number }[] => {
  if (only !== undefined) return [{ tier: only, runs }];
  return tiers.map((tier) => ({ tier, runs: Math.round(runs * sharesOfAll[tier]) }));
};

/** How many jobs are in flight. */
const inFlight: Readonly<Record<Tier, number>> = { A: 12, B: 24, C: 20 };

export const runTier = async (options: TierOptions): Promise<CampaignResult> => {
  const { tier, seed, indices, containment, faults, only } = options;
  const drawn = { seed, tier, kinds: availableKinds(only), hasNamespace: containment !== "none" };
  const drawOne = (index: number) => drawPlan({ ...drawn, index, ...(faults ? { only: faults } : {}) });
  const plans = options.plans ?? indices.map(drawOne);
  const campaign = { ...options, plans, worlds: Math.min(inFlight[tier], plans.length) };
  const database = plans.some(({ kind }) => kind === "session") ? await startDatabase() : undefined;
  try {
    return await runIn(tier, campaign, database);
  } finally {
    await database?.stop();
  }
};

const runIn = async (
  tier: Tier,
  campaign: Omit<Campaign, "startWorld">,
  database: Database | undefined,
): Promise<CampaignResult> => {
  if (tier === "A")
    return runCampaign({ ...campaign, startWorld: (directory) => startInProcess(directory, { database }) });

  const directory = await mkdtemp(path.join(tmpdir(), "standdown-truth-stack-"));
  const stack = await startPackaged(directory, database);
  const breaking = tier === "C" ? breakStack(stack) : undefined;
  try {
    const startWorld = async () => stack.world;
    return await runCampaign({ ...campaign, startWorld, ...(breaking ? { during: breaking.during } : {}) });
  } finally {
    await breaking?.stop();
    await stack.stop();
    await rm(directory, { recursive: true, force: true });
  }
};
