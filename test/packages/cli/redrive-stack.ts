import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import { localCredentials } from "../../../packages/local/platform/local-credentials.ts";
import { startSqs } from "../../../packages/local/sqs/server.ts";
import { jsonClient } from "../../../shared/adapters/aws-client/json-client.ts";
import { type QueueUrls, sqsSourceQueue } from "../../../shared/adapters/sqs/source-queue.ts";
import { sqs } from "../../../shared/adapters/sqs/sqs.ts";
import type { DeadLetterReason } from "../../../shared/ports/source-queue.ts";
import { aJob } from "../../support/stack/jobs.ts";
import { localAws, startJobsTable } from "../../support/stack/jobs-table.ts";

const region = "eu-west-1";

/** A real queue server and a real table, with what a test of the dead letters does to them. */
export const startRedriveStack = async () => {
  const [server, table] = await Promise.all([startSqs(region), startJobsTable()]);
  const { endpoint } = server;
  const client = new SQSClient({ region, endpoint, credentials: localCredentials });
  const callSqs = jsonClient(sqs, { ...localAws(""), endpoints: { sqs: endpoint } });
  let queues = 0;

  const createQueue = async (QueueName: string) =>
    String((await client.send(new CreateQueueCommand({ QueueName }))).QueueUrl);

  /** What can be received now; it stays in the queue, unseen. */
  const messagesIn = async (QueueUrl: string) => {
    const messages: Message[] = [];
    for (;;) {
      const input = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 60, MessageAttributeNames: ["All"] };
      const { Messages = [] } = await client.send(new ReceiveMessageCommand(input));
      if (Messages.length === 0) return messages;
      messages.push(...Messages);
    }
  };

  return {
    endpoint,
    table,
    callSqs,
    jobs: table.jobs,

    /** A queue and its dead letters, which only this test uses. */
    async queue(name = `standdown-test-${++queues}`): Promise<QueueUrls> {
      return { queue: await createQueue(name), deadLetters: await createQueue(`${name}-dead-letters`) };
    },

    /** A job that is registered, a minute ago if not told otherwise. */
    async registered(given: Parameters<typeof aJob>[0] = {}) {
      const job = aJob({ registeredAt: Date.now() - 60_000, ...given });
      await table.jobs.register(job, job.uid);
      return job;
    },

    /** As SQS itself moves a message that was received too often. */
    async send(url: string, body: string) {
      const { MessageId } = await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
      return String(MessageId);
    },

    /** As the function behind the queue does. */
    async deadLetter(urls: QueueUrls, body: string, code: DeadLetterReason["code"], messageId = "before") {
      const attributes = { ApproximateReceiveCount: "1", SentTimestamp: String(Date.now()) };
      const record = { messageId, body, attributes } as SQSRecord;
      await sqsSourceQueue(callSqs, urls).deadLetter(record, { code, detail: "It was." }, Date.now());
    },

    messagesIn,
    bodiesIn: async (url: string) => (await messagesIn(url)).map(({ Body }) => Body).sort(),

    async count(url: string) {
      const input = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] });
      const { Attributes = {} } = await client.send(input);
      const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: inFlight } = Attributes;
      return { visible: Number(visible), inFlight: Number(inFlight) };
    },

    async stop() {
      client.destroy();
      await Promise.all([server.stop(), table.stop()]);
    },
  };
};

export type RedriveStack = Awaited<ReturnType<typeof startRedriveStack>>;
