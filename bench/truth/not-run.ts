import type { CampaignResult } from "./campaign.ts";
import { canRun } from "./draw.ts";
import type { Fault } from "./faults/fault.ts";
import { faults } from "./faults/table.ts";
import type { Outcome } from "./outcome.ts";
import { type Kind, kinds, type Tier, tiers } from "./plan/plan.ts";
import type { Containment } from "./referee/containment.ts";
import { availableKinds } from "./work/start-work.ts";

/** A line where a tier has not run all of its jobs. */
export const describeCut = (tier: Tier, { notRun, unjudged }: CampaignResult, of: number): readonly string[] => [
  ...(notRun.length === 0 ? [] : [`${notRun.length} of ${of} jobs of tier ${tier}: the time was used up`]),
  ...(unjudged.length === 0 ? [] : [`${unjudged.length} of ${of} jobs of tier ${tier}: they could not be judged`]),
];

/** What the campaign cannot say anything about, here and now. */
export const describeGaps = (
  containment: Containment,
  outcomes: readonly Outcome[],
  wanted: readonly Kind[] = kinds,
): readonly string[] => {
  const here = { kinds: availableKinds(), hasNamespace: containment !== "none" };
  const drawn = availableKinds(wanted);
  const canHappen = (each: Fault) => tiers.some((tier) => canRun(each, { ...here, kinds: drawn, tier }));
  const happened = new Set(outcomes.flatMap(({ fired }) => fired));
  return [
    ...kinds.filter((kind) => !here.kinds.includes(kind)).map((kind) => `work of the kind ${kind}: no program for it`),
    ...here.kinds.filter((kind) => !drawn.includes(kind)).map((kind) => `work of the kind ${kind}: left out`),
    ...faults
      .filter((fault) => !tiers.some((tier) => canRun(fault, { ...here, tier })))
      .map(({ name }) => `${name}: it needs a namespace for each job`),
    ...faults
      .filter((each) => canHappen(each) && !happened.has(each.name))
      .map(({ name }) => `${name}: it never happened`),
    "clock-of-worker by libfaketime: the clocks of work in Node are moved by a module that is loaded before it",
  ];
};
