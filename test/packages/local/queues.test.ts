import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import path from "node:path";
import { SQS } from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localCredentials } from "../../../packages/local/platform/local-credentials.ts";
import { createInbox, reportingFunction, type SourceQueue } from "./inbox.ts";
import { type FixtureResources, type FixtureRunner, packageFixtures, runFixtures } from "./packaged-bundle.ts";

const queue = (name: string, properties: object = {}) => ({
  Type: "AWS::SQS::Queue",
  Properties: { QueueName: `standdown-dev-${name}`, VisibilityTimeout: 3, ...properties },
});
const mapping = (name: string, properties: object = {}) => ({
  Type: "AWS::Lambda::EventSourceMapping",
  Properties: {
    EventSourceArn: { "Fn::GetAtt": [`${name}Queue`, "Arn"] },
    FunctionName: { "Fn::GetAtt": [`${name}Function`, "Arn"] },
    Enabled: true,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
    ...properties,
  },
});
const resources: FixtureResources = {
  takesQueue: queue("takes", {
    RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": ["takesDeadLetters", "Arn"] }, maxReceiveCount: 2 },
  }),
  takesDeadLetters: queue("takes-dead-letters", {
    MessageRetentionPeriod: 1_209_600,
    RedriveAllowPolicy: { redrivePermission: "allowAll" },
  }),
  takesMapping: mapping("takes"),
  plainQueue: queue("plain", { VisibilityTimeout: 600 }),
  plainMapping: mapping("plain", { FunctionResponseTypes: [] }),
  limitedQueue: queue("limited", { VisibilityTimeout: 600 }),
  limitedMapping: mapping("limited", { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } }),
  gathersQueue: queue("gathers", { VisibilityTimeout: 600 }),
  gathersMapping: mapping("gathers", { BatchSize: 2, MaximumBatchingWindowInSeconds: 5 }),
  idleQueue: queue("idle"),
  idleMapping: mapping("idle", { Enabled: false, FunctionName: { "Fn::GetAtt": ["takesFunction", "Arn"] } }),
};

let sourceQueue: SourceQueue;
let runner: FixtureRunner;
let sqs: SQS;

beforeAll(async () => {
  sourceQueue = await createInbox();
  const environment = {
    STANDDOWN_QUEUE_URL: { Ref: "takesQueue" },
    QUEUE_URL_TOO: { "Fn::GetAtt": "takesQueue.QueueUrl" },
    QUEUE_NAME: { "Fn::GetAtt": ["takesQueue", "QueueName"] },
  };
  const functions = {
    takes: reportingFunction(sourceQueue, environment),
    plain: reportingFunction(sourceQueue),
    limited: reportingFunction(sourceQueue),
    gathers: reportingFunction(sourceQueue),
  };
  runner = await runFixtures(functions, { resources, limits: { perFunction: 3 } });
  sqs = connect(runner);
});

afterAll(async () => {
  sqs.destroy();
  await runner.stop();
  await sourceQueue.close();
});

const connect = ({ sqs }: FixtureRunner) =>
  new SQS({ endpoint: sqs?.endpoint ?? "", region: "eu-west-1", credentials: localCredentials });
const address = (name: string) => {
  const { url = "", deadLetterUrl = "" } = runner.sqs?.queues[name] ?? {};
  return { url, deadLetterUrl };
};
const send = (name: string, ...bodies: string[]) =>
  sqs.sendMessageBatch({
    QueueUrl: address(name).url,
    Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
  });
const next = (name: string) => sourceQueue.next<SQSEvent>(name);
const bodies = ({ event }: { event: SQSEvent }) => event.Records.map(({ body }) => body).sort();
const receiveCounts = ({ event }: { event: SQSEvent }) =>
  event.Records.map(({ attributes }) => attributes.ApproximateReceiveCount);
const count = async (name: string) => {
  const { Attributes = {} } = await sqs.getQueueAttributes({ QueueUrl: address(name).url, AttributeNames: ["All"] });
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
};
const empty = { visible: 0, inFlight: 0 };

test("tells the addresses of the queues, and gives them to the functions", async () => {
  const { url, deadLetterUrl } = address("takes");
  expect(Object.keys(runner.sqs?.queues ?? {})).toEqual(["takes", "plain", "limited", "gathers", "idle"]);
  expect(url).toBe(`${runner.sqs?.endpoint}/000000000000/standdown-dev-takes`);
  expect(deadLetterUrl).toBe(`${url}-dead-letters`);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
  expect(await sqs.getQueueUrl({ QueueName: "standdown-dev-takes" })).toMatchObject({ QueueUrl: url });
  await send("takes", "hello");
  const { environment, answer } = await next("takes");
  expect(environment).toMatchObject({
    STANDDOWN_QUEUE_URL: url,
    QUEUE_URL_TOO: url,
    QUEUE_NAME: "standdown-dev-takes",
    AWS_ENDPOINT_URL_SQS: runner.sqs?.endpoint,
  });
  answer(null);
  await expect.poll(() => count("takes"), { interval: 10 }).toEqual(empty);
});

test("takes the characters that SQS takes, emoji among them, and no others", async () => {
  await send("plain", "one 😀 \u{10FFFF} é\uFFFD");
  const { event, answer } = await next("plain");
  expect(bodies({ event })).toEqual(["one 😀 \u{10FFFF} é\uFFFD"]);
  answer(null);
  await expect.poll(() => count("plain"), { interval: 10 }).toEqual(empty);
  const { Failed } = await send("plain", "\u0000", "\uFFFF", "\uFFFE");
  expect(Failed?.map(({ Code }) => Code)).toEqual(Array(3).fill("InvalidMessageContents"));
});

test("a batch has the shape that AWS gives it, and is deleted after the answer", async () => {
  const { url } = address("takes");
  const MessageAttributes = {
    reason: { DataType: "String", StringValue: "late" },
    raw: { DataType: "Binary", BinaryValue: Uint8Array.of(0, 1) },
  };
  const { MessageId } = await sqs.sendMessage({ QueueUrl: url, MessageBody: '{"a":1}', MessageAttributes });
  const { event, answer } = await next("takes");
  const time = expect.stringMatching(/^\d{13}$/);
  const lists = { stringListValues: [], binaryListValues: [] };
  expect(event).toEqual({
    Records: [
      {
        messageId: MessageId,
        receiptHandle: expect.any(String),
        body: '{"a":1}',
        attributes: {
          ApproximateReceiveCount: "1",
          SentTimestamp: time,
          SenderId: "000000000000",
          ApproximateFirstReceiveTimestamp: time,
        },
        messageAttributes: {
          reason: { stringValue: "late", ...lists, dataType: "String" },
          raw: { binaryValue: "AAE=", ...lists, dataType: "Binary" },
        },
        md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
        md5OfBody: "bb6cb5c68df4652941caf652a366f2d8",
        eventSource: "aws:sqs",
        eventSourceARN: "arn:aws:sqs:eu-west-1:000000000000:standdown-dev-takes",
        awsRegion: "eu-west-1",
      },
    ],
  });
  expect(await count("takes")).toEqual({ visible: 0, inFlight: 1 });
  answer(null);
  await expect.poll(() => count("takes"), { interval: 10 }).toEqual(empty);
});

test("only the messages that the reply names come again", async () => {
  await send("takes", "good", "bad");
  const first = await next("takes");
  expect(bodies(first)).toEqual(["bad", "good"]);
  const bad = first.event.Records.find(({ body }) => body === "bad");
  first.answer({ batchItemFailures: [{ itemIdentifier: bad?.messageId }] });
  const second = await next("takes");
  expect(bodies(second)).toEqual(["bad"]);
  expect(receiveCounts(second)).toEqual(["2"]);
  second.answer({});
  await expect.poll(() => count("takes"), { interval: 10 }).toEqual(empty);
});

test.each([
  ["an error", (delivery: { fail(message: string): void }) => delivery.fail("out of range")],
  [
    "a reply with an unknown id",
    (delivery: { answer(reply: unknown): void }) => delivery.answer({ batchItemFailures: [{ itemIdentifier: "x" }] }),
  ],
])("after %s the whole batch comes again, and then goes to the dead-letter queue", async (_, end) => {
  await send("takes", "one", "two");
  for (const receives of ["1", "2"]) {
    const delivery = await next("takes");
    expect(bodies(delivery)).toEqual(["one", "two"]);
    expect(receiveCounts(delivery)).toEqual([receives, receives]);
    end(delivery);
  }
  const dead: string[] = [];
  while (dead.length < 2) {
    const QueueUrl = address("takes").deadLetterUrl;
    const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 });
    for (const { Body = "", ReceiptHandle } of Messages) {
      dead.push(Body);
      await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
    }
  }
  expect(dead.sort()).toEqual(["one", "two"]);
  expect(runner.output.join("\n")).toMatch(/\[takes\] the batch (failed and )?will come again/);
});

test("a timeout that the function sets for a message is kept", async () => {
  await send("plain", "soon");
  const first = await next("plain");
  const [record] = first.event.Records;
  const input = { QueueUrl: address("plain").url, ReceiptHandle: record?.receiptHandle, VisibilityTimeout: 1 };
  await sqs.changeMessageVisibility(input);
  first.fail("not yet");
  // Ten minutes are the queue's own.
  const second = await next("plain");
  expect(receiveCounts(second)).toEqual(["2"]);
  second.answer(null);
});

test("without ReportBatchItemFailures every answer is a success", async () => {
  await send("plain", "1");
  const { event, answer } = await next("plain");
  answer({ batchItemFailures: [{ itemIdentifier: event.Records[0]?.messageId }] });
  await expect.poll(() => count("plain"), { interval: 10 }).toEqual(empty);
});

test("gives a function no more batches at once than the template says", async () => {
  await send("limited", "1", "2", "3", "4");
  const underWay = [await next("limited"), await next("limited")];
  expect(await count("limited")).toEqual({ visible: 2, inFlight: 2 });
  for (const { answer } of underWay) answer(null);
  for (const { answer } of [await next("limited"), await next("limited")]) answer(null);
  await expect.poll(() => count("limited"), { interval: 10 }).toEqual(empty);
  expect(sourceQueue.maxAtOnce("limited")).toBe(2);
});

test("gathers a batch while its window is open", async () => {
  await send("gathers", "1");
  await expect.poll(() => count("gathers"), { interval: 5 }).toEqual({ visible: 0, inFlight: 1 });
  await send("gathers", "2");
  const delivery = await next("gathers");
  expect(bodies(delivery)).toEqual(["1", "2"]);
  delivery.answer(null);
});

test("leaves a queue alone whose mapping is disabled", async () => {
  await send("idle", "1");
  // A poller that exists has taken its message long before this round trip through another one is over.
  await send("plain", "2");
  (await next("plain")).answer(null);
  expect(await count("idle")).toEqual({ visible: 1, inFlight: 0 });
});

test("stopping lets a batch finish, and takes no further one", async () => {
  const other = await runFixtures({ takes: reportingFunction(sourceQueue) }, { resources: onlyTakes });
  const { endpoint = "", queues = {} } = other.sqs ?? {};
  const QueueUrl = queues.takes?.url;
  const otherSqs = connect(other);
  await otherSqs.sendMessage({ QueueUrl, MessageBody: "last" });
  const delivery = await next("takes");
  const before = sourceQueue.total("takes");
  const stopping = other.stop();
  // More than enough for what must wait for the batch to be ended without it.
  for (let round = 0; round < 50; round++) await otherSqs.sendMessage({ QueueUrl, MessageBody: "too late" });
  otherSqs.destroy();
  delivery.answer({ print: "finished" });
  await stopping;
  await expect(fetch(endpoint)).rejects.toThrow("fetch failed");
  expect(other.output).toEqual(["[takes] finished"]);
  expect(sourceQueue.total("takes")).toBe(before);
});

test("stopping leaves nothing that would keep the process alive", async () => {
  const packageDirectory = await packageFixtures(
    { takes: reportingFunction(sourceQueue) },
    { ...onlyTakes, ...everyMinute },
  );
  const options = { port: 0, packageDirectory, dataDirectory: `${packageDirectory}/data`, config: "", region: "r" };
  const script = `
    import { startRunner } from ${JSON.stringify(path.resolve("packages/local/runner.ts"))};
    const options = ${JSON.stringify({ ...options, secrets: "", inherited: {} })};
    const runner = await startRunner({ ...options, print: console.log });
    console.log(Object.keys(runner.sqs.queues).join());
    await runner.stop();`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const printed = child.stdout.setEncoding("utf8").toArray();
  expect(await once(child, "exit")).toEqual([0, null]);
  expect((await printed).join("")).toBe("takes\n");
  await rm(packageDirectory, { recursive: true });
});

const onlyTakes: FixtureResources = { takesQueue: queue("takes"), takesMapping: mapping("takes") };
const everyMinute: FixtureResources = {
  Rule: {
    Type: "AWS::Events::Rule",
    Properties: {
      ScheduleExpression: "rate(1 minute)",
      Targets: [{ Arn: { "Fn::GetAtt": ["takesFunction", "Arn"] }, Id: "1" }],
    },
  },
};
