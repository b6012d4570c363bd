import type { Context } from "aws-lambda";
import { type Deadline, deadlineIn } from "../concurrency/deadline.ts";
import type { Services, ServicesUntil } from "../ports/services.ts";

/** A function that a schedule starts. What it gives back is shown to whoever starts it by hand. */
export interface ScheduledFunction<Summary extends object> {
  readonly run: (run: ScheduledRun) => Promise<Summary>;
}

export interface ScheduledRun {
  readonly services: Services;
  /** When the calls of `services` end. */
  readonly deadline: Deadline;
  /** For what is to be told after that, until the function itself ends. */
  readonly closing: Services;
}

/** Kept for a summary of what was done until then. */
const reserveMs = 5_000;

/** Kept for the answer itself. */
const answerMs = 1_000;

/** Makes the Lambda entry of a scheduled function: any event starts it. */
export const scheduleEntry = <Summary extends object>(
  { run }: ScheduledFunction<Summary>,
  connect: () => ServicesUntil,
): ((event: unknown, context: Context) => Promise<Summary>) => {
  let servicesUntil: ServicesUntil | undefined;
  return async (_event, context) => {
    servicesUntil ??= connect();
    const end = deadlineIn(context.getRemainingTimeInMillis());
    const deadline = end - reserveMs;
    return run({ services: servicesUntil(deadline), deadline, closing: servicesUntil(end - answerMs) });
  };
};
