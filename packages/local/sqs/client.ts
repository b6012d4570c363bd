import type { Message } from "../../../shared/adapters/sqs/sqs.ts";
/** The few SQS operations that the runner itself needs. */
export interface SqsClient {
  createQueue(name: string, attributes: Readonly<Record<string, string>>): Promise<void>;
  send(queueUrl: string, body: string): Promise<void>;
  /** Gives up to ten messages, and waits for the first one so long; none came where the list is empty. */
  receive(queueUrl: string, limit: number, waitSeconds: number, signal: AbortSignal): Promise<readonly Message[]>;
  delete(queueUrl: string, receiptHandles: readonly string[]): Promise<void>;
}

/** What one call receives or deletes at most. */
const callLimit = 10;

/** Speaks the AWS JSON protocol, without a signature: the embedded server asks for none. */
export const createSqsClient = (endpoint: string): SqsClient => {
  const call = async (operation: string, input: object, signal?: AbortSignal): Promise<unknown> => {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${operation}` },
      body: JSON.stringify(input),
      signal: signal ?? null,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${operation} at ${endpoint} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };

  return {
    async createQueue(name, attributes) {
      await call("CreateQueue", { QueueName: name, Attributes: attributes });
    },
    async send(queueUrl, body) {
      await call("SendMessage", { QueueUrl: queueUrl, MessageBody: body });
    },
    async receive(queueUrl, limit, waitSeconds, signal) {
      const input = {
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(limit, callLimit),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      };
      const { Messages = [] } = (await call("ReceiveMessage", input, signal)) as { Messages?: readonly Message[] };
      return Messages;
    },
    async delete(queueUrl, receiptHandles) {
      for (let start = 0; start < receiptHandles.length; start += callLimit) {
        const some = receiptHandles.slice(start, start + callLimit);
        const Entries = some.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
        await call("DeleteMessageBatch", { QueueUrl: queueUrl, Entries });
      }
    },
  };
};
