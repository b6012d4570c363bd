import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { localCredentials } from "../../../../packages/local/platform/local-credentials.ts";
import { queueEvent } from "../../../../packages/local/sqs/event.ts";
import { type SqsServer, startSqs } from "../../../../packages/local/sqs/server.ts";
import { type AwsCall, jsonClient } from "../../../../shared/adapters/aws-client/json-client.ts";
import { jsonLog } from "../../../../shared/adapters/cloudwatch/json-log.ts";
import { sqsReconcileQueue } from "../../../../shared/adapters/sqs/reconcile-queue.ts";
import { delayAfter, sqsSourceQueue } from "../../../../shared/adapters/sqs/source-queue.ts";
import { sqs } from "../../../../shared/adapters/sqs/sqs.ts";
import type { ScheduledCheck } from "../../../../shared/domain/scheduled-check.ts";
import { now } from "../../../support/stack/jobs.ts";

const region = "eu-west-1";

let server: SqsServer;
let client: SQSClient;
let call: AwsCall;
let urls: { queue: string; deadLetters: string };
/** What the server was asked, in order. */
const calls: { operation: string; input: { Entries: Record<string, unknown>[] } }[] = [];
const logged: string[] = [];

beforeEach(async () => {
  server = await startSqs(region);
  const { endpoint } = server;
  client = new SQSClient({ region, credentials: localCredentials, endpoint, maxAttempts: 1 });
  const create = async (QueueName: string) => {
    const { QueueUrl = "" } = await client.send(
      new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout: "600" } }),
    );
    return QueueUrl;
  };
  urls = { queue: await create("sourceQueue"), deadLetters: await create("dead-letters") };
  const real = jsonClient(sqs, { region, credentials: localCredentials, endpoints: { sqs: endpoint } });
  calls.length = 0;
  logged.length = 0;
  call = (operation, input) => {
    calls.push({ operation, input: input as (typeof calls)[number]["input"] });
    return real(operation, input);
  };
});
afterEach(async () => {
  client.destroy();
  await server.stop();
});

const receive = async (QueueUrl: string, seconds = 0): Promise<Message[]> => {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: seconds,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    }),
  );
  return Messages;
};

/** Sends a body to the queue, and gives the record that the function gets of it. */
const received = async (body: string) => {
  await client.send(new SendMessageCommand({ QueueUrl: urls.queue, MessageBody: body }));
  const messages = (await receive(urls.queue)) as unknown as Parameters<typeof queueEvent>[0];
  const [record] = queueEvent(messages, { queueArn: `arn:aws:sqs:${region}:000000000000:sourceQueue`, region }).Records;
  if (record === undefined) throw new Error("nothing was received");
  return record;
};

const counts = async (QueueUrl: string) => {
  const { Attributes = {} } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
  };
};

describe("the inbox", () => {
  const reason = { code: "wrong-secret", detail: "The secret is not the one." };

  test("dead-letters a message without its secrets and with the reason", async () => {
    const record = await received(
      JSON.stringify({ operation: "x", parameters: { JobId: "j1", NamespacePassword: "canary-7f3a" } }),
    );
    await sqsSourceQueue(call, urls).deadLetter(record, reason, now);
    const [letter, ...others] = await receive(urls.deadLetters);
    expect(others).toEqual([]);
    expect(JSON.parse(letter?.Body ?? "")).toEqual({
      operation: "x",
      parameters: { JobId: "j1", NamespacePassword: "[redacted]" },
    });
    const text = (StringValue: string) => ({ DataType: "String", StringValue });
    expect(letter?.MessageAttributes).toEqual({
      Reason: text("wrong-secret"),
      Detail: text("The secret is not the one."),
      SentAt: text(new Date(Number(record.attributes.SentTimestamp)).toISOString()),
      DeadLetteredAt: text("2026-11-22T10:00:00.000Z"),
      MessageId: text(record.messageId),
      ReceiveCount: text("1"),
      Redacted: text("true"),
    });
  });

  test("dead-letters a message that has no secrets with all that it said, and does not call it redacted", async () => {
    const body = '{ "operation": "x",\t"parameters": {"JobId": "é\\u00e9 \\ud83d\\ude00"} }';
    await sqsSourceQueue(call, urls).deadLetter(await received(body), reason, now);
    const [letter] = await receive(urls.deadLetters);
    expect(letter?.Body).toBe(JSON.stringify(JSON.parse(body)));
    expect(letter?.MessageAttributes).not.toHaveProperty("Redacted");
  });

  test("dead-letters of what is too long for a message with attributes its length", async () => {
    await sqsSourceQueue(call, urls).deadLetter(await received("é".repeat(130_000)), reason, now);
    const [letter] = await receive(urls.deadLetters);
    expect(letter?.Body).toBe("[redacted: 260000 bytes that are no message]");
    expect(letter?.MessageAttributes).toHaveProperty("Redacted");
  });

  test("does not delete what it dead-letters: that it was dealt with, Lambda tells the queue", async () => {
    await sqsSourceQueue(call, urls).deadLetter(await received("x"), reason, now);
    expect(await counts(urls.queue)).toMatchObject({ visible: 0, inFlight: 1 });
  });

  test("fails where a message could not be dead-lettered, so that it comes again", async () => {
    const record = await received("x");
    const nowhere = { ...urls, deadLetters: `${urls.deadLetters}-gone` };
    await expect(sqsSourceQueue(call, nowhere).deadLetter(record, reason, now)).rejects.toThrow(
      /NonExistent|QueueDoesNotExist/,
    );
  });

  test("lets a message come again after two seconds, instead of its ten minutes", async () => {
    const record = await received("x");
    await sqsSourceQueue(call, urls).delay([record]);
    expect(await counts(urls.queue)).toMatchObject({ inFlight: 1 });
    const started = performance.now();
    const [again] = await receive(urls.queue, 8);
    expect(performance.now() - started).toBeGreaterThan(1_500);
    expect(again).toMatchObject({ MessageId: record.messageId, Attributes: { ApproximateReceiveCount: "2" } });
  });

  test("lets each message wait for as long as its attempts ask, ten in a call", async () => {
    const record = await received("x");
    const tried = (count: number) => ({
      ...record,
      attributes: { ...record.attributes, ApproximateReceiveCount: String(count) },
    });
    await sqsSourceQueue(call, urls).delay(Array.from({ length: 12 }, (_, index) => tried(index + 1)));
    expect(calls.map(({ operation, input }) => [operation, input.Entries.length])).toEqual([
      ["ChangeMessageVisibilityBatch", 10],
      ["ChangeMessageVisibilityBatch", 2],
    ]);
    const timeouts = calls.flatMap(({ input }) => input.Entries.map(({ VisibilityTimeout }) => VisibilityTimeout));
    expect(timeouts).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    expect(delayAfter(0)).toBe(2);
  });

  test("does not fail where nothing can be delayed, and asks for nothing where nothing has to be", async () => {
    const record = await received("x");
    await sqsSourceQueue(call, urls).delay([]);
    expect(calls).toEqual([]);
    await sqsSourceQueue(call, { ...urls, queue: `${urls.queue}-gone` }).delay([record]);
    await server.stop();
    await sqsSourceQueue(call, urls).delay([record]);
  });
});

describe("the checks", () => {
  const log = jsonLog(
    (line) => logged.push(line),
    () => now,
  );
  const schedule = (checks: readonly ScheduledCheck[]) => sqsReconcileQueue(call, urls.queue, log).schedule(checks);
  const looksFor = (count: number, delaySeconds: number) =>
    Array.from({ length: count }, (_, index) => ({ uid: `u${index}`, delaySeconds }));

  test("come one for each check, however many", async () => {
    await schedule(looksFor(25, 0));
    const uids: string[] = [];
    for (const _ of [1, 2, 3])
      uids.push(...(await receive(urls.queue)).map(({ Body = "" }) => JSON.parse(Body).uid as string));
    expect(new Set(uids)).toEqual(new Set(looksFor(25, 0).map(({ uid }) => uid)));
    expect(calls.map(({ input }) => input.Entries.length)).toEqual([10, 10, 5]);
    expect(logged).toEqual([]);
  });

  test("come in whole seconds, never before their time, and at once where that is over", async () => {
    await schedule([0.2, 1, 899.5, 900, -3].map((delaySeconds, index) => ({ uid: `u${index}`, delaySeconds })));
    expect(calls.flatMap(({ input }) => input.Entries.map(({ DelaySeconds }) => DelaySeconds))).toEqual([
      1, 1, 900, 900, 0,
    ]);
    expect(await counts(urls.queue)).toMatchObject({ visible: 1, delayed: 4 });
  });

  test("are left to the sweep beyond what a message can wait", async () => {
    await schedule([
      { uid: "later", delaySeconds: 900.1 },
      { uid: "much later", delaySeconds: 86_400 },
    ]);
    expect([calls, logged]).toEqual([[], []]);
  });

  test("are logged and not failed where the queue is gone", async () => {
    await server.stop();
    await schedule(looksFor(1, 1));
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { level: "ERROR", message: "checks could not be scheduled", count: 1, error: { name: "AwsUnreachable" } },
    ]);
  });
});
