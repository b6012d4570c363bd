import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import type { Queue } from "../template/queues.ts";
import type { Account } from "../template/resources.ts";
import { createSqsClient } from "./client.ts";

/** Where a queue can be reached. */
export interface QueueAddress {
  readonly url: string;
  readonly deadLetterUrl?: string;
}

/** Creates the queues of a template on the embedded server. */
export const createQueues = async (queues: readonly Queue[], account: Account): Promise<void> => {
  const client = createSqsClient(account);
  try {
    await Promise.all(
      queues.map(({ name, attributes }) =>
        client.send(new CreateQueueCommand({ QueueName: name, Attributes: { ...attributes } })),
      ),
    );
  } finally {
    client.destroy();
  }
};

/** Returns addresses by what the queues are for. A dead-letter queue stands with the queue whose dead letters it takes. */
export const queueAddresses = (queues: readonly Queue[]): Record<string, QueueAddress> => {
  const urls = new Map(queues.map(({ arn, url }) => [arn, url]));
  const deadLetterArns = new Set(queues.map(({ deadLetterArn }) => deadLetterArn));
  const sources = queues.filter(({ arn }) => !deadLetterArns.has(arn));
  return Object.fromEntries(
    sources.map(({ shortName, url, deadLetterArn = "" }) => {
      const deadLetterUrl = urls.get(deadLetterArn);
      return [shortName, { url, ...(deadLetterUrl && { deadLetterUrl }) }];
    }),
  );
};
