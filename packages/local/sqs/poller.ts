import { setTimeout as wait } from "node:timers/promises";
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { explainFailure, type Outcome } from "../lambda/outcome.ts";
import type { EventSource } from "../platform/event-source.ts";
import { settleWithin } from "../platform/within-grace.ts";
import type { QueueSource } from "../template/queues.ts";
import { failedMessages } from "./batch-reply.ts";
import { queueEvent } from "./event.ts";

export interface PollerOptions {
  readonly source: QueueSource;
  readonly queueUrl: string;
  readonly region: string;
  /** How many batches the function is given at once, at most. */
  readonly concurrency: number;
  readonly sqs: SQSClient;
  readonly invoke: (functionName: string, event: string) => Promise<Outcome>;
  readonly note: (line: string) => void;
}

const longPollSeconds = 20;
/** What one call receives or deletes at most. */
const maxMessagesPerCall = 10;
const retryMs = 1_000;

/**
 * Gives the messages of a queue to a function, as Lambda's event source mapping does. What the function has dealt with is
 * deleted; the rest comes again when its visibility timeout is over, and goes to the dead-letter queue in the end. Both
 * are the server's work.
 */
export const startPoller = (options: PollerOptions): EventSource => {
  const { source, queueUrl, region, concurrency, sqs, invoke, note } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const inFlight = new Set<Promise<void>>();

  /** Returns up to so many messages, none where none comes in that time. */
  const receive = async (limit: number, waitSeconds: number): Promise<readonly Message[]> => {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(limit, maxMessagesPerCall),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    });
    const { Messages = [] } = await sqs.send(command, { abortSignal: signal });
    return Messages;
  };

  const receiveBatch = async (): Promise<readonly Message[]> => {
    const messages = [...(await receive(source.batchSize, longPollSeconds))];
    const closing = Date.now() + source.batchingWindowSeconds * 1000;
    while (messages.length > 0 && messages.length < source.batchSize && Date.now() < closing) {
      const seconds = Math.min(Math.ceil((closing - Date.now()) / 1000), longPollSeconds);
      messages.push(...(await receive(source.batchSize - messages.length, seconds)));
    }
    return messages;
  };

  const remove = async (messages: readonly Message[]): Promise<void> => {
    for (let start = 0; start < messages.length; start += maxMessagesPerCall) {
      const some = messages.slice(start, start + maxMessagesPerCall);
      const Entries = some.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    }
  };

  const deliver = async (messages: readonly Message[]): Promise<void> => {
    const outcome = await invoke(source.functionName, JSON.stringify(queueEvent(messages, { ...source, region })));
    const failed = failedIds(outcome, new Set(messages.map(({ MessageId = "" }) => MessageId)));
    await remove(messages.filter(({ MessageId = "" }) => !failed.has(MessageId)));
  };

  const failedIds = ({ kind, payload }: Outcome, batch: ReadonlySet<string>): ReadonlySet<string> => {
    if (kind === "failed") {
      tell(`the batch failed and will come again: ${explainFailure(payload)}`);
      return batch;
    }
    if (!source.reportsItemFailures) return new Set();
    const failed = failedMessages(payload, batch);
    if (failed === undefined) tell(`the batch will come again, for the reply names no messages of it: ${payload}`);
    return failed ?? batch;
  };

  /** Notes nothing of what fails because we stop: the log may be closed. */
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
