import type { Outcome } from "../lambda/outcome.ts";
import type { Bundle } from "../template/bundle.ts";
import type { Queue } from "../template/queues.ts";
import { createSqsClient } from "./client.ts";
import { type Poller, startPoller } from "./poller.ts";

/** Where a queue can be reached. */
export interface QueueAddress {
  readonly url: string;
  readonly deadLetterUrl?: string;
}

/** Creates the queues of a template on a server. */
export const createQueues = async (queues: readonly Queue[], endpoint: string): Promise<void> => {
  const sqs = createSqsClient(endpoint);
  await Promise.all(queues.map(({ name, attributes }) => sqs.createQueue(name, attributes)));
};

/** Addresses by what the queues are for; a dead-letter queue is found with the queue whose dead letters it takes. */
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

export interface PollingOptions {
  readonly bundle: Bundle;
  readonly endpoint: string;
  readonly region: string;
  /** Environments of one function: a batch that waited for one would only use up its visibility timeout. */
  readonly environments: number;
  readonly invoke: (functionName: string, event: string) => Promise<Outcome>;
  readonly note: (functionName: string, line: string) => void;
}

/** How many pollers Lambda begins with. */
const lambdaConcurrency = 5;

/** Starts to give the messages of the queues to the functions of their mappings. */
export const startPollers = ({ bundle, endpoint, region, environments, invoke, note }: PollingOptions): Poller[] => {
  const sqs = createSqsClient(endpoint);
  const queues = new Map(bundle.queues.map((queue) => [queue.arn, queue]));
  return bundle.queueSources.flatMap((source) => {
    const queue = queues.get(source.queueArn);
    if (queue === undefined) return [];
    return startPoller({
      source,
      queueUrl: queue.url,
      region,
      concurrency: Math.min(source.maximumConcurrency ?? lambdaConcurrency, environments),
      sqs,
      invoke,
      note: (line) => note(source.functionName, line),
    });
  });
};
