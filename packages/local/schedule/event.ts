import { randomUUID } from "node:crypto";
import type { Account } from "../template/resources.ts";
import type { BundledSchedule } from "../template/schedules.ts";

/** The event of a rule without input, at the time that it was due. */
export const scheduledEvent = (
  { arn, source }: BundledSchedule,
  due: number,
  { accountId, region }: Account,
): object => ({
  version: "0",
  id: randomUUID(),
  "detail-type": "Scheduled Event",
  source,
  account: accountId,
  time: new Date(due).toISOString().replace(/\.\d+Z$/, "Z"),
  region,
  resources: [arn],
  // EventBridge Scheduler sends a string here.
  detail: source === "aws.events" ? {} : "{}",
});
