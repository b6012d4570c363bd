import type { Fault } from "./faults/fault.ts";
import { faults } from "./faults/table.ts";
import { type Kind, numbersFrom, type Plan, pick, type Tier } from "./plan/plan.ts";
import type { Containment } from "./referee/containment.ts";
import { availableKinds } from "./work/start-work.ts";

export interface Drawn {
  readonly seed: number;
  readonly index: number;
  readonly tier: Tier;
  /** What this machine can run. */
  readonly kinds: readonly Kind[];
  readonly hasNamespace: boolean;
  /** Only these faults; all where absent. */
  readonly only?: readonly string[];
}

/** Whether a campaign can draw a fault here. */
export const canRun = (fault: Fault, { tier, kinds, hasNamespace, only }: Omit<Drawn, "seed" | "index">): boolean =>
  fault.tiers.includes(tier) &&
  fault.kinds.some((kind) => kinds.includes(kind)) &&
  (hasNamespace || fault.needsNamespace !== true) &&
  (only === undefined || only.includes(fault.name));

/** The first so many jobs of a campaign in tier A, as this machine can run them. */
export const drawPlans = (seed: number, runs: number, containment: Containment): readonly Plan[] =>
  Array.from({ length: runs }, (_, index) =>
    drawPlan({ seed, index, tier: "A", kinds: availableKinds(), hasNamespace: containment !== "none" }),
  );

/** What one job does and what is done to it, from the seed and its number. */
export const drawPlan = (given: Drawn): Plan => {
  const { seed, index, tier, kinds } = given;
  const random = numbersFrom(seed, index);
  const fault = weighted(
    faults.filter((each) => canRun(each, given)),
    random(),
  );
  return {
    seed,
    index,
    tier,
    fault: fault.name,
    kind: pick(
      fault.kinds.filter((kind) => kinds.includes(kind)).flatMap((kind) => Array(frequency[kind]).fill(kind) as Kind[]),
      random,
    ),
    trigger: pick(fault.triggers, random),
    partsBefore: 1 + Math.floor(random() * 4),
    chance: random(),
  };
};

/** A shell starts in a tenth of the time of the others. */
const frequency: Readonly<Record<Kind, number>> = { shell: 12, python: 2, node: 3, spawn: 3 };

const weighted = (candidates: readonly Fault[], at: number): Fault => {
  let left = at * candidates.reduce((sum, { share }) => sum + share, 0);
  for (const candidate of candidates) {
    left -= candidate.share;
    if (left < 0) return candidate;
  }
  throw new Error("no fault can be drawn");
};
