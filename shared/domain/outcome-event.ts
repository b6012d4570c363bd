import type { Announcement, Cancellation, Instant, Job } from "./job.ts";
import { toReceipt } from "./receipt.ts";
import { timestamp } from "./timestamp.ts";

/** A CloudEvents 1.0 event in its JSON form. */
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

/** The same for the same announcement of the same job, however often it is published. */
export const eventId = ({ uid }: Pick<Job, "uid">, announcement: Announcement): string => `${uid}/${announcement}`;

/** What became true of a cancellation, with its receipt as it is now. */
export const toOutcomeEvent = (job: Job, cancellation: Cancellation, announcement: Announcement): CloudEvent => ({
  specversion: "1.0",
  id: eventId(job, announcement),
  source: `urn:standdown:${job.service}`,
  type: `dev.standdown.cancellation.${announcement}.v1`,
  subject: job.uid,
  time: timestamp(timeOf(cancellation, announcement)),
  datacontenttype: "application/json",
  data: toReceipt(job, cancellation),
});

const timeOf = ({ requestedAt, evidence, steps }: Cancellation, announcement: Announcement): Instant => {
  if (announcement === "requested") return requestedAt;
  if (announcement === "not-stopped") return steps.findLast(({ step }) => step === announcement)?.at ?? requestedAt;
  return evidence?.at ?? requestedAt;
};
