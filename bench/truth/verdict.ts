import type { Outcome } from "./outcome.ts";
import type { Lie } from "./referee/judge.ts";

/** What must never happen. Work that goes on after an acknowledged or presumed stop is what those words mean: a rate. */
export const isForbidden = ({ class: kind, assurance }: Lie): boolean => {
  if (kind === "L1") return assurance === "observed" || assurance === "never-started";
  return kind !== "L6";
};

export const forbiddenLies = (
  outcomes: readonly Outcome[],
): readonly { readonly outcome: Outcome; readonly lie: Lie }[] =>
  outcomes.flatMap((outcome) => outcome.lies.filter(isForbidden).map((lie) => ({ outcome, lie })));

/** The line that runs one job again. */
export const replayCommand = ({ plan: { seed, index, tier } }: Outcome): string =>
  `npm run bench:truth -- --seed ${seed} --tier ${tier} --only ${index}`;
