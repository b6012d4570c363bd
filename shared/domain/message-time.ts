import type { SQSRecord } from "aws-lambda";
import type { Instant } from "./job.ts";

/** When a message was sent: later deliveries do not change that. */
export const sentAt = ({ attributes }: Pick<SQSRecord, "attributes">): Instant | undefined => {
  const sent = Number.parseInt(attributes.SentTimestamp, 10);
  return Number.isNaN(sent) ? undefined : sent;
};

/** The first of those moments that are known. */
export const earliest = (...moments: readonly (Instant | undefined)[]): Instant | undefined => {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
};
