import { sentAt } from "../../domain/message-time.ts";
import { timestamp } from "../../domain/timestamp.ts";
import type { SourceQueue } from "../../ports/source-queue.ts";
import { redact } from "../../redaction/redact.ts";
import type { AwsCall } from "../aws-client/json-client.ts";
import { callInBatches } from "./sqs.ts";

export interface QueueUrls {
  readonly queue: string;
  readonly deadLetters: string;
}

const firstDelaySeconds = 2;
const maxDelaySeconds = 900;

/** Without `urls` in a function that has no queue. */
export const sqsSourceQueue = (call: AwsCall, urls: QueueUrls = { queue: "", deadLetters: "" }): SourceQueue => ({
  async deadLetter({ messageId, body: received, attributes }, { code, detail }, now) {
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
        DeadLetteredAt: text(timestamp(now)),
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
  Math.min(firstDelaySeconds * 2 ** (Math.max(attempts, 1) - 1), maxDelaySeconds);
