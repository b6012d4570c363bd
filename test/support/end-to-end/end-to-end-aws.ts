import { readFile } from "node:fs/promises";
import path from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { localCredentials } from "../../../packages/local/platform/local-credentials.ts";
import { chunk } from "../../../shared/concurrency/chunks.ts";
import { mapAtMost } from "../../../shared/concurrency/map-at-most.ts";
import type { Standdown } from "./end-to-end.ts";

const settings = { region: "eu-west-1", credentials: localCredentials };

/** The running stack as AWS's own SDK sees it. */
export const awsOf = ({ facts, data }: Standdown) => {
  const sqs = new SQSClient({ ...settings, endpoint: facts.sqs?.endpoint ?? "" });
  const lambda = new LambdaClient({ ...settings, endpoint: facts.lambda });
  const queueOf = (name: string) => {
    const queue = facts.sqs?.queues[name];
    if (queue === undefined) throw new Error(`there is no queue for ${name}`);
    return queue;
  };
  const sendBatch = (operation: string, bodies: readonly string[]) =>
    sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueOf(operation).url,
        Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
      }),
    );
  return {
    send: (operation: string, body: object) =>
      sqs.send(new SendMessageCommand({ QueueUrl: queueOf(operation).url, MessageBody: JSON.stringify(body) })),
    sendBatch,
    /** Sends any number of messages; gives their ids in the same order. */
    sendAll: async (operation: string, bodies: readonly string[]): Promise<readonly string[]> => {
      const ids = await mapAtMost(4, chunk(bodies, 10), async (batch) => {
        const { Successful = [] } = await sendBatch(operation, batch);
        const taken = new Map(Successful.map(({ Id, MessageId }) => [Id, MessageId]));
        return batch.map((_, index) => taken.get(String(index)) ?? "not taken");
      });
      return ids.flat();
    },
    /** How many messages a queue still has: to be received, in flight or delayed. */
    left: async (operation: string): Promise<number> => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueOf(operation).url, AttributeNames: ["All"] }),
      );
      const { ApproximateNumberOfMessages: ready, ApproximateNumberOfMessagesNotVisible: inFlight } = Attributes;
      return Number(ready) + Number(inFlight) + Number(Attributes.ApproximateNumberOfMessagesDelayed);
    },
    /** Every dead letter of an operation. None comes a second time. */
    allDeadLetters: async (operation: string): Promise<readonly Message[]> => {
      const letters: Message[] = [];
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: queueOf(operation).deadLetterUrl,
            VisibilityTimeout: 3600,
            MaxNumberOfMessages: 10,
            MessageAttributeNames: ["All"],
          }),
        );
        if (Messages.length === 0) return letters;
        letters.push(...Messages);
      }
    },
    /** The dead letters that arrive within so many seconds of waiting for the first. */
    deadLetters: async (operation: string, WaitTimeSeconds: number): Promise<readonly Message[]> => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueOf(operation).deadLetterUrl,
          WaitTimeSeconds,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ["All"],
        }),
      );
      return Messages;
    },
    /** What has come to the bus and names no operation. */
    unmatched: async (WaitTimeSeconds: number): Promise<readonly Message[]> => {
      const QueueUrl = queueOf("unmatched-requests").url;
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds }));
      return Messages;
    },
    invoke: async (name: string): Promise<Record<string, unknown>> => {
      const { Payload, FunctionError } = await lambda.send(
        new InvokeCommand({ FunctionName: facts.functions[name] ?? name, Payload: Buffer.from("{}") }),
      );
      if (FunctionError) throw new Error(Buffer.from(Payload ?? []).toString());
      return JSON.parse(Buffer.from(Payload ?? []).toString());
    },
    /** What has come to the event bus about one job, in order. */
    eventsOf: async (uid: string): Promise<readonly string[]> => {
      const log = await readFile(path.join(data, "logs/events.log"), "utf8").catch(() => "");
      const events = log
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      return events.filter(({ detail }) => detail.subject === uid).map((event) => event["detail-type"]);
    },
    stop: () => {
      sqs.destroy();
      lambda.destroy();
    },
  };
};
