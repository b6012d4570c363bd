import type { SQSRecord } from "aws-lambda";
import type { CloudEvent } from "../../../shared/domain/outcome-event.ts";
import type { Metric } from "../../../shared/ports/metrics.ts";
import type { Look } from "../../../shared/ports/reconcile-queue.ts";
import type { Services } from "../../../shared/ports/services.ts";
import type { ParkingReason } from "../../../shared/ports/source-queue.ts";

/** What was sent out of the functions, for tests of what they decide; the real queues and buses have tests of their own. */
export const recorders = () => {
  const asked: Look[] = [];
  const published: CloudEvent[] = [];
  const measured: Metric[] = [];
  const parked: (ParkingReason & { readonly messageId: string })[] = [];
  const delayed: string[] = [];
  const kept: Record<string, string> = {};
  const services: Pick<Services, "followUps" | "events" | "metrics" | "inbox" | "passwords"> = {
    followUps: { schedule: async (looks) => void asked.push(...looks) },
    events: {
      publish: async (events) => {
        published.push(...events);
        return new Set(events.map(({ id }) => id));
      },
    },
    metrics: { put: (metric) => void measured.push(metric) },
    inbox: {
      park: async ({ messageId }: SQSRecord, reason) => void parked.push({ ...reason, messageId }),
      delay: async (records) => void delayed.push(...records.map(({ messageId }) => messageId)),
    },
    passwords: { find: async (name) => kept[name] },
  };
  return { asked, published, measured, parked, delayed, kept, services };
};
