import { setTimeout as wait } from "node:timers/promises";
import type { Message } from "../../../shared/adapters/sqs/sqs.ts";
import { explainFailure, type Outcome } from "../lambda/outcome.ts";
import { settleWithin } from "../platform/within-grace.ts";
import type { QueueSource } from "../template/queues.ts";
import { failedMessages } from "./batch-reply.ts";
import type { SqsClient } from "./client.ts";
import { queueEvent } from "./event.ts";

export interface Poller {
  /** Receives no more at once, and lets the batches in flight finish for so long. */
  stop(graceMs: number): Promise<void>;
}

export interface PollerOptions {
  readonly source: QueueSource;
  readonly queueUrl: string;
  readonly region: string;
  /** How many batches the function is given at once, at most. */
  readonly concurrency: number;
  readonly sqs: SqsClient;
  readonly invoke: (functionName: string, event: string) => Promise<Outcome>;
  readonly note: (line: string) => void;
}

const longPollSeconds = 20;
const retryMs = 1_000;

/**
 * Gives the messages of a queue to a function, as Lambda's event source mapping does. What the function has dealt with is
 * deleted; the rest comes again when its visibility timeout is over, and goes to the dead-letter queue in the end. Both
 * are the server's work.
 */
export const startPoller = (options: PollerOptions): Poller => {
  const { source, queueUrl, region, concurrency, sqs, invoke, note } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const inFlight = new Set<Promise<void>>();

  const receiveBatch = async (): Promise<readonly Message[]> => {
    const messages = [...(await sqs.receive(queueUrl, source.batchSize, longPollSeconds, signal))];
    const closing = Date.now() + source.batchingWindowSeconds * 1000;
    while (messages.length > 0 && messages.length < source.batchSize && Date.now() < closing) {
      const seconds = Math.min(Math.ceil((closing - Date.now()) / 1000), longPollSeconds);
      messages.push(...(await sqs.receive(queueUrl, source.batchSize - messages.length, seconds, signal)));
    }
    return messages;
  };

  const deliver = async (messages: readonly Message[]): Promise<void> => {
    const outcome = await invoke(source.functionName, JSON.stringify(queueEvent(messages, { ...source, region })));
    const failed = failedOf(outcome, new Set(messages.map(({ MessageId }) => MessageId)));
    const done = messages.filter(({ MessageId }) => !failed.has(MessageId));
    await sqs.delete(
      queueUrl,
      done.map(({ ReceiptHandle }) => ReceiptHandle),
    );
  };

  const failedOf = ({ kind, payload }: Outcome, batch: ReadonlySet<string>): ReadonlySet<string> => {
    if (kind === "failed") {
      tell(`the batch failed and will come again: ${explainFailure(payload)}`);
      return batch;
    }
    if (!source.reportsItemFailures) return new Set();
    const failed = failedMessages(payload, batch);
    if (failed === undefined) tell(`the batch will come again, for the reply names no messages of it: ${payload}`);
    return failed ?? batch;
  };

  /** What fails because we stop is of no interest, and its log may be closed. */
  const tell = (line: string): void => {
    if (!signal.aborted) note(line);
  };

  const poll = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        if (inFlight.size >= concurrency) await Promise.race(inFlight);
        else track(await receiveBatch());
      } catch (error) {
        tell(`cannot receive messages: ${(error as Error).message}`);
        await wait(retryMs, undefined, { signal }).catch(() => {});
      }
    }
  };

  const track = (messages: readonly Message[]): void => {
    if (messages.length === 0) return;
    const delivery = deliver(messages)
      .catch((error: unknown) => tell(`cannot delete messages: ${(error as Error).message}`))
      .finally(() => inFlight.delete(delivery));
    inFlight.add(delivery);
  };

  const polling = poll();
  return {
    async stop(graceMs) {
      stopping.abort();
      await settleWithin(graceMs, [polling, ...inFlight]);
    },
  };
};
