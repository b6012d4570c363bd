import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localCredentials } from "../../../../packages/local/platform/local-credentials.ts";
import { queueEvent } from "../../../../packages/local/sqs/event.ts";
import { startSqs } from "../../../../packages/local/sqs/server.ts";
import { type AwsCall, jsonClient } from "../../../../shared/adapters/aws-client/json-client.ts";
import { jsonLog } from "../../../../shared/adapters/cloudwatch/json-log.ts";
import { sqsReconcileQueue } from "../../../../shared/adapters/sqs/reconcile-queue.ts";
import { delayAfter, sqsSourceQueue } from "../../../../shared/adapters/sqs/source-queue.ts";
import { sqs } from "../../../../shared/adapters/sqs/sqs.ts";
import { type Answer, startAwsStandIn } from "../../../support/stack/aws-stand-in.ts";
import { now } from "../../../support/stack/jobs.ts";
import { localAws } from "../../../support/stack/jobs-table.ts";

// What becomes of odd messages and of batches that a queue takes in part; inbox.test.ts has the rest.

const region = "eu-west-1";

let server: Awaited<ReturnType<typeof startSqs>>;
let client: SQSClient;
let call: AwsCall;
beforeAll(async () => {
  server = await startSqs(region);
  client = new SQSClient({ region, endpoint: server.endpoint, credentials: localCredentials });
  call = jsonClient(sqs, { ...localAws(""), endpoints: { sqs: server.endpoint } });
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

const Attributes = { VisibilityTimeout: "600" };
let serial = 0;
const newQueue = async (): Promise<string> =>
  String((await client.send(new CreateQueueCommand({ QueueName: `queue-${++serial}`, Attributes }))).QueueUrl);

const receive = async (QueueUrl: string) => {
  const input: ReceiveMessageCommandInput = {
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ["All"],
    MessageSystemAttributeNames: ["All"],
  };
  return (await client.send(new ReceiveMessageCommand(input))).Messages ?? [];
};

/** Sends messages to a queue, and gives the batch that the function behind it is given. */
const recordsOf = async (QueueUrl: string, ...bodies: string[]): Promise<readonly SQSRecord[]> => {
  for (const MessageBody of bodies) await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  return queueEvent(await receive(QueueUrl), { queueArn: QueueUrl, region }).Records;
};

// SQS refuses some characters, which JSON can spell: what came as a message must be one still when it is dead-lettered.
test.each([
  '{"password":"canary-2","reason":"\\uffff\\ufffe\\ud800\\u0000\\u0001"}',
  '{"reason":"\\uffff canary-2 \\ud800","detail":{"password":"canary-2"}}',
  '{"Type":"Notification","Message":"{\\"token\\":\\"canary-2\\",\\"reason\\":\\"\\\\uffff\\"}"}',
  `{"password":"canary-2","reason":"${"語".repeat(80_000)}"}`,
  `not JSON \uFFFD password=canary-2 ${"語".repeat(80_000)}`,
])("a message can be dead-lettered whatever it says: %#", async (body) => {
  const urls = { queue: await newQueue(), deadLetters: await newQueue() };
  const [record] = await recordsOf(urls.queue, body);
  await (record && sqsSourceQueue(call, urls).deadLetter(record, { code: "invalid", detail: "It is not." }, now));
  const [dead, ...others] = await receive(urls.deadLetters);
  expect(dead?.Body).not.toContain("canary");
  expect(dead?.MessageAttributes).toMatchObject({ Reason: { StringValue: "invalid" }, Redacted: {} });
  expect(others).toEqual([]);
});

describe("a message that failed", () => {
  /** When the messages that were received become visible again, in whole seconds from now. */
  const hiddenFor = async (queue: string): Promise<Record<string, number>> => {
    const response = await fetch(`${server.endpoint}/_fauxqs/queues/${queue.split("/").at(-1)}`);
    const { messages } = (await response.json()) as {
      messages: { inflight: { message: { body: string }; visibilityDeadline: number }[] };
    };
    const seconds = (deadline: number) => Math.round((deadline - Date.now()) / 1000);
    return Object.fromEntries(
      messages.inflight.map(({ message, visibilityDeadline }) => [message.body, seconds(visibilityDeadline)]),
    );
  };

  test("is hidden for as long as its attempts say, and the others of its batch as long as before", async () => {
    const queue = await newQueue();
    const records = await recordsOf(queue, "once", "thrice", "often", "well");
    const attempts: Record<string, string> = { once: "1", thrice: "3", often: "99" };
    const failed = records.flatMap((record) => {
      const ApproximateReceiveCount = attempts[record.body];
      return ApproximateReceiveCount
        ? [{ ...record, attributes: { ...record.attributes, ApproximateReceiveCount } }]
        : [];
    });
    await sqsSourceQueue(call, { queue, deadLetters: "" }).delay(failed);
    expect(await hiddenFor(queue)).toEqual({ once: 2, thrice: 8, often: 900, well: 600 });
  });

  test("is hidden also where another of its batch can no longer be", async () => {
    const queue = await newQueue();
    const [record] = await recordsOf(queue, "m");
    if (record === undefined) throw new Error("nothing was received");
    await sqsSourceQueue(call, { queue, deadLetters: "" }).delay([{ ...record, receiptHandle: "outdated" }, record]);
    expect(await hiddenFor(queue)).toEqual({ m: 2 });
  });

  test.each([
    [0, 2],
    [1, 2],
    [2, 4],
    [9, 512],
    [10, 900],
    [5000, 900],
  ])("waits %d times: %d s", (attempts, seconds) => {
    expect(delayAfter(attempts)).toBe(seconds);
  });
});

test("a check at a time that is none is not scheduled, and does not spoil the others", async () => {
  const queue = await newQueue();
  const logged: string[] = [];
  const log = jsonLog(
    (line) => logged.push(line),
    () => now,
  );
  const delays = [Number.NaN, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  await sqsReconcileQueue(call, queue, log).schedule(
    delays.map((delaySeconds, i) => ({ uid: `uid-${i}`, delaySeconds })),
  );
  expect((await receive(queue)).map(({ Body }) => JSON.parse(Body ?? "")).sort()).toEqual([
    { uid: "uid-1" },
    { uid: "uid-3" },
  ]);
  expect(logged).toEqual([]);
});

test("checks that a queue does not take are logged as one error, and keep no others from being asked for", async () => {
  const refused = {
    Successful: [],
    Failed: [
      { Id: "1", Code: "InternalError" },
      { Id: "2", Code: "InternalError" },
    ],
  };
  const answers: Answer[] = [{ type: "AccessDenied" }, { body: refused }, { body: { Successful: [] } }];
  const standIn = await startAwsStandIn(() => answers.shift() ?? { type: "Unexpected" });
  const logged: string[] = [];
  const log = jsonLog(
    (line) => logged.push(line),
    () => now,
  );
  const lossy = jsonClient(sqs, { ...localAws(""), endpoints: { sqs: standIn.endpoint } });
  const checks = Array.from({ length: 25 }, (_, i) => ({ uid: `uid-${i}`, delaySeconds: 1 }));
  await sqsReconcileQueue(lossy, "queue", log).schedule(checks);
  const sent = standIn.asked.flatMap(({ input }) => input.Entries as { MessageBody: string }[]);
  expect(sent.map(({ MessageBody }) => JSON.parse(MessageBody).uid)).toEqual(checks.map(({ uid }) => uid));
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([
    { level: "ERROR", message: "checks could not be scheduled", count: 12, error: { name: "AwsError" } },
  ]);
  await standIn.stop();
});
