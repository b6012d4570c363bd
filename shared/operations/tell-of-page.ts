import type { DueQueueName } from "../domain/job.ts";
import type { DuePage } from "../ports/due-queue.ts";
import { StoreThrottled } from "../ports/job-store.ts";
import type { Services } from "../ports/services.ts";

type Told = Pick<Services, "log" | "metrics" | "clock">;

/** Nothing is that late while a run comes every minute and does all that is due. */
const lateSeconds = 120;

/** Tells operators how far behind a due queue is, and what of a page could not be read. */
export const tellOfPage = (
  { log, metrics, clock }: Told,
  queueName: DueQueueName,
  { jobs, unreadable, failures }: DuePage,
  isFirst: boolean,
): void => {
  const dimensions = { where: queueName };
  const [oldest] = jobs;
  const ageSeconds = oldest?.dueAt === undefined ? 0 : Math.max(0, (clock.now() - oldest.dueAt) / 1000);
  if (isFirst && ageSeconds >= lateSeconds)
    metrics.put({ name: "OldestDue", value: ageSeconds, unit: "Seconds", dimensions, total: true });
  for (const uid of unreadable) log.info("an item cannot be read as a job", { uid, queue: queueName });
  for (const cause of failures) log.error("a part of a due queue could not be read", { queue: queueName }, cause);
  const count = (name: "Unreadable" | "Throttled", value: number) => {
    if (value > 0) metrics.put({ name, value, unit: "Count", dimensions, total: true });
  };
  count("Unreadable", unreadable.length);
  count("Throttled", failures.filter((cause) => cause instanceof StoreThrottled).length);
};
