import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startEventBridge } from "../../packages/local/events/server.ts";
import { localCredentials } from "../../packages/local/platform/local-credentials.ts";
import { queueEvent } from "../../packages/local/sqs/event.ts";
import { startSqs } from "../../packages/local/sqs/server.ts";
import { localAccount } from "../../packages/local/template/resources.ts";
import { jsonClient } from "../../shared/adapters/aws-client/json-client.ts";
import { jsonLog } from "../../shared/adapters/cloudwatch/json-log.ts";
import { eventBridge, eventBridgeBus } from "../../shared/adapters/eventbridge/event-bus.ts";
import { sqsSourceQueue } from "../../shared/adapters/sqs/source-queue.ts";
import { sqs } from "../../shared/adapters/sqs/sqs.ts";
import { aRecord } from "../support/requests/cancel-messages.ts";
import { now } from "../support/stack/jobs.ts";
import { localAws } from "../support/stack/jobs-table.ts";
import { recorders } from "../support/stack/recorders.ts";
import { describeEventBus } from "./event-bus.ts";
import { describeSourceQueue } from "./source-queue.ts";

const region = "eu-west-1";

describeEventBus("of EventBridge", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), "standdown-bus-"));
  const logFile = path.join(directory, "events.log");
  const server = await startEventBridge({
    buses: [{ name: "bus", arn: `arn:aws:events:${region}:000000000000:event-bus/bus` }],
    rules: [],
    account: localAccount(region),
    logFile,
    now: () => now,
    print: () => {},
    note: () => {},
  });
  const call = jsonClient(eventBridge, { ...localAws(""), endpoints: { events: server.endpoint } });
  const quiet = jsonLog(
    () => {},
    () => now,
  );
  return {
    bus: eventBridgeBus(call, "bus", quiet),
    taken: async () => {
      const text = await readFile(logFile, "utf8");
      return text.split("\n").flatMap((line) => (line === "" ? [] : JSON.parse(line).detail));
    },
    stop: async () => {
      await server.stop(0);
      await rm(directory, { recursive: true });
    },
  };
});

// What the tests of the functions use in its place.
describeEventBus("of the tests", async () => {
  const { services, published } = recorders();
  return { bus: services.events, taken: async () => published, stop: async () => {} };
});

describeSourceQueue("of SQS", async () => {
  const server = await startSqs(region);
  const { endpoint } = server;
  const client = new SQSClient({ region, credentials: localCredentials, endpoint });
  const create = async (QueueName: string) => (await client.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
  const urls = { queue: await create("source"), deadLetters: await create("dead-letters") };
  const receive = async (QueueUrl: string) => {
    const all = {
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ["All" as const],
      MessageAttributeNames: ["All"],
    };
    return (await client.send(new ReceiveMessageCommand({ QueueUrl, ...all }))).Messages ?? [];
  };
  return {
    queue: sqsSourceQueue(
      jsonClient(sqs, { region, credentials: localCredentials, endpoints: { sqs: endpoint } }),
      urls,
    ),
    async receive(body) {
      await client.send(new SendMessageCommand({ QueueUrl: urls.queue, MessageBody: body }));
      const messages = (await receive(urls.queue)) as Parameters<typeof queueEvent>[0];
      const [record] = queueEvent(messages, { queueArn: `arn:aws:sqs:${region}:000000000000:source`, region }).Records;
      if (record === undefined) throw new Error("nothing was received");
      return record;
    },
    deadLettered: async () =>
      (await receive(urls.deadLetters)).map(({ MessageAttributes }) => String(MessageAttributes?.Reason?.StringValue)),
    async stop() {
      client.destroy();
      await server.stop();
    },
  };
});

describeSourceQueue("of the tests", async () => {
  const { services, deadLettered } = recorders();
  return {
    queue: services.sourceQueue,
    receive: async (body) => aRecord(body),
    deadLettered: async () => deadLettered.map(({ code }) => code),
    stop: async () => {},
  };
});
