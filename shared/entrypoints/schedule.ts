import type { Context } from "aws-lambda";
import { withinMs } from "../concurrency/deadline.ts";
import type { Services } from "../ports/services.ts";

/** A function that a schedule starts. What it gives back is shown to whoever starts it by hand. */
export interface ScheduledFunction<Summary extends object> {
  readonly run: (services: Services) => Promise<Summary>;
}

/** Kept for a summary of what was done until then. */
const reserveMs = 5_000;

/** The Lambda entry of a scheduled function: any event starts it. */
export const scheduleEntry = <Summary extends object>(
  { run }: ScheduledFunction<Summary>,
  provide: () => Services,
): ((event: unknown, context: Context) => Promise<Summary>) => {
  let services: Services | undefined;
  return async (_event, context) => {
    services ??= provide();
    const given = services;
    return withinMs(context.getRemainingTimeInMillis() - reserveMs, () => run(given));
  };
};
