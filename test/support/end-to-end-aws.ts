import { readFile } from "node:fs/promises";
import path from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { Standdown } from "./end-to-end.ts";

const settings = { region: "eu-west-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };

/** The running stack as AWS's own SDK sees it. */
export const awsOf = ({ facts, data }: Standdown) => {
  const sqs = new SQSClient({ ...settings, endpoint: facts.sqs?.endpoint ?? "" });
  const lambda = new LambdaClient({ ...settings, endpoint: facts.lambda });
  const queueOf = (name: string) => {
    const queue = facts.sqs?.queues[name];
    if (queue === undefined) throw new Error(`there is no queue for ${name}`);
    return queue;
  };
  return {
    send: (operation: string, body: object) =>
      sqs.send(new SendMessageCommand({ QueueUrl: queueOf(operation).url, MessageBody: JSON.stringify(body) })),
    sendBatch: (operation: string, bodies: readonly string[]) =>
      sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: queueOf(operation).url,
          Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
        }),
      ),
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
