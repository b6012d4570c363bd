import { backendKinds } from "../../shared/backends/registry.ts";
import type { CampaignResult } from "./campaign.ts";
import { canRun } from "./draw.ts";
import { faults } from "./faults/table.ts";
import type { Outcome } from "./outcome.ts";
import { kinds, type Tier, tiers } from "./plan/plan.ts";
import type { Containment } from "./referee/containment.ts";
import { availableKinds } from "./work/start-work.ts";

/** A line where a tier has not run all of its jobs. */
export const describeCut = (tier: Tier, { notRun, unjudged }: CampaignResult, of: number): readonly string[] => [
  ...(notRun.length === 0 ? [] : [`${notRun.length} of ${of} jobs of tier ${tier}: the time was used up`]),
  ...(unjudged.length === 0 ? [] : [`${unjudged.length} of ${of} jobs of tier ${tier}: they could not be judged`]),
];

/** What the campaign cannot say anything about, here and now. */
export const describeGaps = (containment: Containment, outcomes: readonly Outcome[]): readonly string[] => {
  const here = { kinds: availableKinds(), hasNamespace: containment !== "none" };
  const happened = new Set(outcomes.flatMap(({ fired }) => fired));
  return [
    ...kinds
      .filter((kind) => !here.kinds.includes(kind))
      .map((kind) => `work of the kind ${kind}: no interpreter for it`),
    ...faults
      .filter((fault) => !tiers.some((tier) => canRun(fault, { ...here, tier })))
      .map(({ name }) => `${name}: it needs a namespace for each job`),
    ...faults.filter(({ name }) => !happened.has(name)).map(({ name }) => `${name}: it never happened`),
    "clock-of-worker by libfaketime: the clocks of work in Node are moved by a module that is loaded before it",
    `backends but ${backendKinds.join(" and ")}: there is none, so that nothing but a refused start is ever observed`,
  ];
};
