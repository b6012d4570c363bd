import type { SQSRecord } from "aws-lambda";
import type { CloudEvent } from "../../shared/events/outcome-event.ts";
import type { Metric } from "../../shared/observability/metrics.ts";
import type { Look } from "../../shared/queue/follow-ups.ts";
import type { ParkingReason } from "../../shared/queue/inbox.ts";
import type { Services } from "../../shared/services.ts";

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
