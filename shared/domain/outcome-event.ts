import type { Announcement, AnnouncementKind, Cancellation, Instant, Job } from "./job.ts";
import { toReceipt } from "./receipt.ts";
import { timestamp } from "./timestamp.ts";

export interface CloudEvent {
  readonly specversion: "1.0";
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly data: object;
}

/** The same for the same announcement, however often it is published. */
export const eventId = ({ uid }: Pick<Job, "uid">, announcement: Announcement): string => `${uid}/${announcement}`;

export const toOutcomeEvent = (job: Job, cancellation: Cancellation, announcement: Announcement): CloudEvent => ({
  specversion: "1.0",
  id: eventId(job, announcement),
  source: `urn:standdown:${job.service}`,
  type: `dev.standdown.cancellation.${kindOf(announcement)}.v1`,
  subject: job.uid,
  time: timestamp(timeOf(cancellation, announcement)),
  datacontenttype: "application/json",
  data: toReceipt(job, cancellation),
});

export const kindOf = (announcement: Announcement): AnnouncementKind => announcement.split(":")[0] as AnnouncementKind;

const timeOf = ({ requestedAt, evidence, steps }: Cancellation, announcement: Announcement): Instant => {
  if (announcement === "requested") return requestedAt;
  const kind = kindOf(announcement);
  if (kind === "not-stopped" || kind === "contradicted")
    return steps.findLast(({ step }) => step === kind)?.at ?? requestedAt;
  return evidence?.at ?? requestedAt;
};
