import type { Context } from "aws-lambda";
import { type Deadline, deadlineIn } from "../concurrency/deadline.ts";
import type { Services, ServicesUntil } from "../ports/services.ts";

export interface ScheduledFunction<Summary extends object> {
  readonly run: (run: ScheduledRun) => Promise<Summary>;
}

export interface ScheduledRun {
  /** What started it: an event of a schedule, or what somebody invoked the function with. */
  readonly event: unknown;
  readonly services: Services;
  /** When the calls of `services` end. */
  readonly deadline: Deadline;
  /** For what is published after that, until the function ends. */
  readonly closing: Services;
}

/** Kept for the summary. */
const reserveMs = 5_000;

/** Kept for the answer itself. */
const answerMs = 1_000;

/** Makes the Lambda entry of a scheduled function. */
export const scheduleEntry = <Summary extends object>(
  { run }: ScheduledFunction<Summary>,
  connect: () => ServicesUntil,
): ((event: unknown, context: Context) => Promise<Summary>) => {
  let servicesUntil: ServicesUntil | undefined;
  return async (event, context) => {
    servicesUntil ??= connect();
    const end = deadlineIn(context.getRemainingTimeInMillis());
    const deadline = end - reserveMs;
    return run({ event, services: servicesUntil(deadline), deadline, closing: servicesUntil(end - answerMs) });
  };
};
