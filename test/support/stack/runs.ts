import { deadlineIn } from "../../../shared/concurrency/deadline.ts";
import type { ScheduledRun } from "../../../shared/entrypoints/schedule.ts";
import type { QueueRun } from "../../../shared/entrypoints/sqs.ts";
import type { Services } from "../../../shared/ports/services.ts";

/** A run as the entry of a scheduled function gives it, with a minute left. */
export const scheduledRun = (services: Services, closing = services, event: unknown = {}): ScheduledRun => ({
  event,
  services,
  closing,
  deadline: deadlineIn(60_000),
});

/** A batch's run as the entry of a queue function gives it. */
export const queueRun = (services: Services, functionName = "f"): QueueRun => ({
  ...scheduledRun(services),
  requestId: "r",
  functionName,
});
