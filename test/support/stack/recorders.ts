import type { SQSRecord } from "aws-lambda";
import type { CloudEvent } from "../../../shared/domain/outcome-event.ts";
import type { ScheduledCheck } from "../../../shared/domain/scheduled-check.ts";
import type { Metric } from "../../../shared/ports/metrics.ts";
import type { Services } from "../../../shared/ports/services.ts";
import type { DeadLetterReason } from "../../../shared/ports/source-queue.ts";

/** What was sent out of the functions, for tests of what they decide; the real queues and buses have tests of their own. */
export const recorders = () => {
  const asked: ScheduledCheck[] = [];
  const published: CloudEvent[] = [];
  const measured: Metric[] = [];
  const deadLettered: (DeadLetterReason & { readonly messageId: string })[] = [];
  const delayed: string[] = [];
  const kept: Record<string, string> = {};
  const services: Pick<Services, "reconcileQueue" | "events" | "metrics" | "sourceQueue" | "secrets"> = {
    reconcileQueue: { schedule: async (checks) => void asked.push(...checks) },
    events: {
      publish: async (events) => {
        published.push(...events);
        return new Set(events.map(({ id }) => id));
      },
    },
    metrics: { put: (metric) => void measured.push(metric) },
    sourceQueue: {
      deadLetter: async ({ messageId }: SQSRecord, reason) => void deadLettered.push({ ...reason, messageId }),
      delay: async (records) => void delayed.push(...records.map(({ messageId }) => messageId)),
    },
    secrets: { find: async (name) => kept[name] },
  };
  return { asked, published, measured, deadLettered, delayed, kept, services };
};
