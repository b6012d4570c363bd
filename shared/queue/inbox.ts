import type { SQSRecord } from "aws-lambda";
import type { AwsCall } from "../aws/json-client.ts";
import { redact } from "../redaction/redact.ts";
import { timestamp } from "../timestamp.ts";
import { callInBatches, sentAt } from "./sqs.ts";

/** Why a message cannot be done by trying again. */
export interface ParkingReason {
  /** Such as `not-found`. */
  readonly code: string;
  /** For people; without anything that was received. */
  readonly detail: string;
}

/** What a function may do with the messages of its own queue, besides having dealt with them. */
export interface Inbox {
  /** Moves a message to the dead-letter queue, with its reason and without its secrets. */
  park(record: SQSRecord, reason: ParkingReason, now: number): Promise<void>;
  /** Lets messages come again after so long. Never fails: they come again when their visibility timeout is over. */
  delay(records: readonly SQSRecord[]): Promise<void>;
}

export interface QueueUrls {
  readonly queue: string;
  readonly deadLetters: string;
}

const firstDelaySeconds = 2;
const longestDelaySeconds = 900;

/** Without `urls` in a function that has no queue. */
export const sqsInbox = (call: AwsCall, urls: QueueUrls = { queue: "", deadLetters: "" }): Inbox => ({
  async park({ messageId, body: received, attributes }, { code, detail }, now) {
    const { body, redacted } = redact(received);
    const sent = sentAt({ attributes });
    const text = (StringValue: string) => ({ DataType: "String", StringValue });
    await call("SendMessage", {
      QueueUrl: urls.deadLetters,
      MessageBody: body.toWellFormed() || "[empty]",
      MessageAttributes: {
        Reason: text(code),
        Detail: text(detail),
        ...(sent === undefined ? {} : { SentAt: text(timestamp(sent)) }),
        ParkedAt: text(timestamp(now)),
        MessageId: text(messageId),
        ReceiveCount: text(attributes.ApproximateReceiveCount),
        ...(redacted ? { Redacted: text("true") } : {}),
      },
    });
  },

  async delay(records) {
    const entries = records.map(({ receiptHandle: ReceiptHandle, attributes }, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: delayAfter(Number(attributes.ApproximateReceiveCount)),
    }));
    await callInBatches(call, "ChangeMessageVisibilityBatch", urls.queue, entries).catch(() => {});
  },
});

/** 2 s after the first attempt, doubled after each one more, at most 15 minutes. */
export const delayAfter = (attempts: number): number =>
  Math.min(firstDelaySeconds * 2 ** (Math.max(attempts, 1) - 1), longestDelaySeconds);
