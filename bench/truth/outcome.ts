import type { Assurance } from "../../shared/domain/job.ts";
import type { Plan } from "./plan/plan.ts";
import { goesOn, judge, type Lie } from "./referee/judge.ts";
import { type Reading, saysEnded } from "./referee/readings.ts";
import type { JobRecord } from "./referee/record.ts";

/** What each job comes down to for the statistics: small enough to keep ten thousand of them. */
export interface Outcome {
  readonly plan: Plan;
  readonly lies: readonly Lie[];
  /** Every receipt that was read, with what was true. */
  readonly readings: readonly ReadingOutcome[];
  readonly state: string;
  /** The faults that have really happened. */
  readonly fired: readonly string[];
  readonly wasCancelled: boolean;
  readonly broken?: string;
  readonly ms: number;
  /** What was done to the stack itself meanwhile. */
  readonly stack: readonly string[];
}

export interface ReadingOutcome {
  /** What stands in the row of the confusion matrix. */
  readonly says: string;
  readonly assurance: Assurance | null;
  readonly saysEnded: boolean;
  readonly goesOn: boolean;
  /** From the last effect to the reading, in real milliseconds. */
  readonly lagMs: number;
  readonly effectsAfter: number;
}

export const toOutcome = (record: JobRecord, stack: readonly string[]): Outcome => {
  const { plan, state, fired, readings, broken, beganAt, watchedUntil } = record;
  return {
    plan,
    lies: judge(record),
    readings: readings.map((reading) => toReadingOutcome(record, reading)),
    state,
    fired,
    wasCancelled: readings.length > 0,
    ...(broken === undefined ? {} : { broken }),
    ms: Math.round(watchedUntil - beganAt),
    stack,
  };
};

const toReadingOutcome = (record: JobRecord, reading: Reading): ReadingOutcome => {
  const { outcome, assurance } = reading.receipt;
  const effects = record.effects.filter(({ at }) => at <= record.watchedUntil);
  const last = Math.max(record.cancelledAt ?? 0, ...effects.map(({ at }) => at));
  return {
    says: assurance === null ? outcome : `${outcome}, ${assurance}`,
    assurance,
    saysEnded: saysEnded(reading.receipt),
    goesOn: goesOn(record, reading),
    lagMs: Math.round(reading.at - last),
    effectsAfter: effects.filter(({ at }) => at > reading.at).length,
  };
};
