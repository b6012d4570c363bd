import type { Cron } from "croner";
import { nextCronTime, parseCron } from "./cron.ts";

/** Says when a rule fires. */
export type Schedule =
  | { readonly kind: "rate"; readonly everyMs: number }
  | { readonly kind: "cron"; readonly cron: Cron };

const msOf: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Parses `rate(…)` or `cron(…)`. Says what is wrong with it to `fail`, which knows whose expression it is. */
export const parseSchedule = (expression: string, fail: (problem: string) => never): Schedule => {
  const [, kind, argument = ""] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === "cron") return { kind, cron: attempt(() => parseCron(argument), fail) };
  if (kind === undefined) return fail("only rate(…) and cron(…) are run locally.");

  const [, number, unit = "", plural] = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(argument) ?? [];
  const unitMs = msOf[unit];
  // As EventBridge has it: "1 minute", "2 minutes", and neither "1 minutes" nor "2 minute".
  if (unitMs === undefined || (number === "1") === (plural === "s")) {
    return fail("rate takes a whole number and minute, hour or day, in the plural unless the number is 1.");
  }
  return { kind: "rate", everyMs: Number(number) * unitMs };
};

const attempt = <Result>(work: () => Result, fail: (problem: string) => never): Result => {
  try {
    return work();
  } catch (error) {
    return fail((error as Error).message);
  }
};

/** Returns the first time after `after` of a rule that was created at `createdAt` (milliseconds since 1970), if any. */
export const nextTime = (schedule: Schedule, createdAt: number, after: number): number | undefined => {
  if (schedule.kind === "cron") return nextCronTime(schedule.cron, after);
  // Counted from the creation, so that no delay adds to the next one.
  const periods = Math.max(0, Math.floor((after - createdAt) / schedule.everyMs)) + 1;
  return createdAt + periods * schedule.everyMs;
};
