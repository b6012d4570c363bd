import type { AwsCall } from "../../../shared/adapters/aws-client/json-client.ts";
import type { Message } from "../../../shared/adapters/sqs/sqs.ts";
import { callInBatches } from "../../../shared/adapters/sqs/sqs.ts";

/** The messages of a queue, each of which is nobody else's until it is removed or released. */
export interface HeldMessages {
  /** At once, and at most ten: those that are there, or some of them. */
  receive(limit: number): Promise<readonly Message[]>;
  remove(message: Message): Promise<void>;
  /** Makes all visible again that were not removed. */
  release(): Promise<void>;
}

/** Released or not, messages are visible again after so long. */
export const visibilitySeconds = 120;
const maxAtOnce = 10;

export const holdMessages = (call: AwsCall, QueueUrl: string): HeldMessages => {
  /** The last receipt handles, by message id. */
  const held = new Map<string, string>();
  return {
    async receive(limit) {
      const { Messages = [] } = await call("ReceiveMessage", {
        QueueUrl,
        MaxNumberOfMessages: Math.min(limit, maxAtOnce),
        VisibilityTimeout: visibilitySeconds,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["SentTimestamp"],
      });
      for (const { MessageId, ReceiptHandle } of Messages as readonly Message[]) held.set(MessageId, ReceiptHandle);
      return Messages as readonly Message[];
    },

    async remove({ MessageId, ReceiptHandle }) {
      await call("DeleteMessage", { QueueUrl, ReceiptHandle });
      held.delete(MessageId);
    },

    async release() {
      const entries = [...held.values()].map((ReceiptHandle, index) => ({
        Id: String(index),
        ReceiptHandle,
        VisibilityTimeout: 0,
      }));
      // What is refused is visible already.
      await callInBatches(call, "ChangeMessageVisibilityBatch", QueueUrl, entries);
    },
  };
};
