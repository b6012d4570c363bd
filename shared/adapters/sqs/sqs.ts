import { chunk } from "../../concurrency/chunks.ts";
import type { AwsCall, JsonService } from "../aws-client/json-client.ts";

export const sqs: JsonService = { name: "sqs", target: "AmazonSQS", contentType: "application/x-amz-json-1.0" };

export interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly MD5OfMessageAttributes?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<Record<string, MessageAttribute>>;
}

interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export const entriesPerCall = 10;

export const callInBatches = async <Entry extends { readonly Id: string }>(
  call: AwsCall,
  operation: "SendMessageBatch" | "ChangeMessageVisibilityBatch",
  QueueUrl: string,
  entries: readonly Entry[],
): Promise<readonly string[]> => {
  const refused: string[] = [];
  for (const Entries of chunk(entries, entriesPerCall)) {
    const { Failed = [] } = await call(operation, { QueueUrl, Entries });
    refused.push(...(Failed as { Id: string }[]).map(({ Id }) => Id));
  }
  return refused;
};
