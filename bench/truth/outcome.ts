import type { Assurance } from "../../shared/domain/job.ts";
import type { Plan } from "./plan/plan.ts";
import { type Claim, saysEnded } from "./referee/claims.ts";
import { goesOn, judge, type Lie } from "./referee/judge.ts";
import type { JobRecord } from "./referee/record.ts";

/** What each job comes down to for the statistics: small enough to keep ten thousand of them. */
export interface Outcome {
  readonly plan: Plan;
  readonly lies: readonly Lie[];
  /** Every receipt that was read, with what was true. */
  readonly claims: readonly ClaimOutcome[];
  readonly state: string;
  /** The faults that have really happened. */
  readonly fired: readonly string[];
  readonly wasCancelled: boolean;
  readonly broken?: string;
  readonly ms: number;
  /** What was done to the stack itself meanwhile. */
  readonly stack: readonly string[];
}

export interface ClaimOutcome {
  /** What stands in the row of the confusion matrix. */
  readonly says: string;
  readonly assurance: Assurance | null;
  readonly saysEnded: boolean;
  readonly goesOn: boolean;
  /** From the last effect to the claim, in real milliseconds. */
  readonly lagMs: number;
  readonly effectsAfter: number;
}

export const toOutcome = (record: JobRecord, stack: readonly string[]): Outcome => {
  const { plan, state, fired, claims, broken, beganAt, watchedUntil } = record;
  return {
    plan,
    lies: judge(record),
    claims: claims.map((claim) => toClaimOutcome(record, claim)),
    state,
    fired,
    wasCancelled: claims.length > 0,
    ...(broken === undefined ? {} : { broken }),
    ms: Math.round(watchedUntil - beganAt),
    stack,
  };
};

const toClaimOutcome = (record: JobRecord, claim: Claim): ClaimOutcome => {
  const { outcome, assurance } = claim.receipt;
  const effects = record.effects.filter(({ at }) => at <= record.watchedUntil);
  const last = Math.max(record.cancelledAt ?? 0, ...effects.map(({ at }) => at));
  return {
    says: assurance === null ? outcome : `${outcome}, ${assurance}`,
    assurance,
    saysEnded: saysEnded(claim.receipt),
    goesOn: goesOn(record, claim),
    lagMs: Math.round(claim.at - last),
    effectsAfter: effects.filter(({ at }) => at > claim.at).length,
  };
};
