import type { Fault } from "./faults/fault.ts";
import { faults } from "./faults/table.ts";
import { type Kind, numbersFrom, type Plan, pick, type Tier, triggers } from "./plan/plan.ts";
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
  const random = numbersFrom(seed, tier, index);
  const chance = random();
  const candidates = faults.filter((each) => canRun(each, given));
  const first = weighted(candidates, random());
  const others = candidates.filter((other) => goTogether(first, other, kinds, chance));
  const second = random() < secondShare && others.length > 0 ? [weighted(others, random())] : [];
  const drawn = [first, ...second];
  const possible = kinds.filter((kind) => drawn.every((each) => each.kinds.includes(kind)));
  return {
    seed,
    index,
    tier,
    faults: drawn.map(({ name }) => name),
    kind: pick(
      possible.flatMap((kind) => Array<Kind>(frequency[kind]).fill(kind)),
      random,
    ),
    trigger: pick(
      triggers.filter((trigger) => drawn.every((each) => each.triggers.includes(trigger))),
      random,
    ),
    partsBefore: 1 + Math.floor(random() * 4),
    chance,
  };
};

/** How many jobs have two faults. */
const secondShare = 0.2;

/** Two faults go together where they share a kind and a trigger, and neither does what the other does in another way. */
const goTogether = (one: Fault, other: Fault, kinds: readonly Kind[], chance: number): boolean => {
  const settings = Object.keys(one.work?.(chance) ?? {});
  return (
    one !== other &&
    one.kinds.some((kind) => other.kinds.includes(kind) && kinds.includes(kind)) &&
    one.triggers.some((trigger) => other.triggers.includes(trigger)) &&
    !(one.begin && other.begin) &&
    !(one.request && other.request) &&
    !(one.isAlone || other.isAlone) &&
    !Object.keys(other.work?.(chance) ?? {}).some((key) => settings.includes(key))
  );
};

/** A shell starts in a tenth of the time of the others. */
const frequency: Readonly<Record<Kind, number>> = {
  shell: 20,
  python: 2,
  node: 3,
  spawn: 3,
  supervised: 3,
  session: 3,
};

const weighted = (candidates: readonly Fault[], at: number): Fault => {
  let left = at * candidates.reduce((sum, { share }) => sum + share, 0);
  for (const candidate of candidates) {
    left -= candidate.share;
    if (left < 0) return candidate;
  }
  throw new Error("no fault can be drawn");
};
