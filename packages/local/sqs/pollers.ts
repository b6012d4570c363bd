import type { Outcome } from "../lambda/outcome.ts";
import type { EventSource } from "../platform/event-source.ts";
import type { Bundle } from "../template/bundle.ts";
import type { Account } from "../template/resources.ts";
import { createSqsClient } from "./client.ts";
import { startPoller } from "./poller.ts";

export interface PollingOptions {
  readonly bundle: Pick<Bundle, "queues" | "queueSources">;
  readonly account: Account;
  /** Environments of one function: a batch that waited for one would only use up its visibility timeout. */
  readonly environments: number;
  readonly invoke: (functionName: string, event: string) => Promise<Outcome>;
  readonly note: (functionName: string, line: string) => void;
}

/** How many pollers Lambda begins with. */
const lambdaConcurrency = 5;

/** Starts to give the messages of the queues to the functions of their mappings. */
export const startPollers = ({ bundle, account, environments, invoke, note }: PollingOptions): EventSource => {
  const client = createSqsClient(account);
  const queues = new Map(bundle.queues.map((queue) => [queue.arn, queue]));
  const pollers = bundle.queueSources.flatMap((source) => {
    const queue = queues.get(source.queueArn);
    if (queue === undefined) return [];
    return startPoller({
      source,
      queueUrl: queue.url,
      region: account.region,
      concurrency: Math.min(source.maximumConcurrency ?? lambdaConcurrency, environments),
      sqs: client,
      invoke,
      note: (line) => note(source.functionName, line),
    });
  });
  return {
    async stop(graceMs) {
      await Promise.all(pollers.map((poller) => poller.stop(graceMs)));
      client.destroy();
    },
  };
};
