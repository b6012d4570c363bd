import type { SQSRecord } from "aws-lambda";
import type { Instant } from "./job.ts";

/** When a message was sent: later deliveries do not change that. */
export const sentAt = ({ attributes }: Pick<SQSRecord, "attributes">): Instant | undefined =>
  known(Number.parseInt(attributes.SentTimestamp, 10));

/** When a message was sent first, if it came back from a dead-letter queue. */
export const sentFirstAt = ({ messageAttributes }: Pick<SQSRecord, "messageAttributes">): Instant | undefined =>
  known(Date.parse(messageAttributes.SentAt?.stringValue ?? ""));

const known = (moment: number): Instant | undefined => (Number.isNaN(moment) ? undefined : moment);

export const earliest = (...moments: readonly (Instant | undefined)[]): Instant | undefined => {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
};
