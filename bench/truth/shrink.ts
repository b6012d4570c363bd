import { drawPlan } from "./draw.ts";
import type { Plan } from "./plan/plan.ts";
import { runTier, type TierOptions } from "./tiers.ts";
import { isForbidden } from "./verdict.ts";
import { availableKinds } from "./work/start-work.ts";

/** How often a smaller job is tried: what depends on a race need not happen each time. */
const tries = 5;

type Shrunk = Omit<TierOptions, "indices" | "plans"> & { readonly index: number };

/** Leaves out one thing after the other while the job still lies, and tells what is left. */
export const shrink = async (options: Shrunk): Promise<string> => {
  const { tier, seed, index, containment } = options;
  const lies = async (plan: Plan): Promise<boolean> => {
    // Each try has an id of its own.
    const plans = Array.from({ length: tries }, (_, turn) => ({ ...plan, index: plan.index + turn * 1_000_000 }));
    const { outcomes } = await runTier({ ...options, indices: [], plans });
    return outcomes.some((outcome) => outcome.lies.some(isForbidden));
  };
  const kinds = availableKinds();
  let plan = drawPlan({ seed, tier, index, kinds, hasNamespace: containment !== "none" });
  if (!(await lies(plan))) return `no forbidden lie in ${tries} runs of ${JSON.stringify(plan)}`;
  for (const smaller of smallerThan(plan)) {
    const tried = { ...plan, ...smaller };
    if (await lies(tried)) plan = tried;
  }
  return `still lies: ${JSON.stringify(plan)}`;
};

const smallerThan = ({ faults }: Plan): readonly Partial<Plan>[] => [
  ...(faults.length > 1 ? faults.map((name) => ({ faults: [name] })) : []),
  { faults: ["none"] },
  { trigger: "job-api" },
  { kind: "shell" },
  { partsBefore: 1 },
];
