import type { Message } from "@aws-sdk/client-sqs";
import type { Context } from "aws-lambda";
import { cancelSqlJob } from "../../functions/dli/cancel-sql-job/operation.ts";
import { queueEvent } from "../../packages/local/sqs/event.ts";
import type { AwsCall } from "../../shared/adapters/aws-client/json-client.ts";
import { current, toItem } from "../../shared/adapters/dynamodb/job-item.ts";
import { decideUnseen } from "../../shared/domain/decide-cancel.ts";
import { cancelQueue } from "../../shared/entrypoints/cancel-queue.ts";
import { queueEntry } from "../../shared/entrypoints/sqs.ts";
import type { Services } from "../../shared/ports/services.ts";
import type { Servers } from "./servers.ts";

export const batchSize = 10;

/** What is done with the messages of one batch before they are deleted. */
export type Settle = (messages: readonly Message[]) => Promise<void>;

/** Receives, settles and deletes until so many messages are done with; gives the messages per second. */
export const drain = async (call: AwsCall, QueueUrl: string, count: number, settle: Settle): Promise<number> => {
  const started = performance.now();
  for (let done = 0; done < count; ) {
    const messages = await receive(call, QueueUrl);
    if (messages.length === 0) throw new Error(`the queue is empty after ${done} of ${count} messages`);
    await settle(messages);
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await call("DeleteMessageBatch", { QueueUrl, Entries });
    done += messages.length;
  }
  return (count * 1000) / (performance.now() - started);
};

const receive = async (call: AwsCall, QueueUrl: string): Promise<readonly Message[]> => {
  const { Messages = [] } = await call("ReceiveMessage", {
    QueueUrl,
    MaxNumberOfMessages: batchSize,
    MessageSystemAttributeNames: ["All"],
    MessageAttributeNames: ["All"],
  });
  return Messages as readonly Message[];
};

/** The handler that is deployed, from the event of Lambda to the answer. */
export const throughHandler = (services: Services): Settle => {
  const handle = queueEntry(cancelQueue(cancelSqlJob), () => () => services);
  const context = {
    awsRequestId: "bench",
    functionName: "cancel-sql-job",
    getRemainingTimeInMillis: () => 30_000,
  } as Context;
  const origin = { queueArn: "arn:aws:sqs:eu-west-1:000000000000:cancels", region: "eu-west-1" };
  return async (messages) => {
    const { batchItemFailures } = await handle(queueEvent(messages, origin), context);
    if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} messages must come again`);
  };
};

/** The one conditional write that a cancel is, and nothing else: those of a batch side by side. */
export const throughClaimsOnly =
  ({ jobs, clock }: Pick<Services, "jobs" | "clock">, keys: ReadonlyMap<string, string>): Settle =>
  async (messages) => {
    const { change } = decideUnseen({
      rules: cancelSqlJob.service.cancel,
      trigger: "queue",
      requestedBy: "bench",
      requestedAt: clock.now(),
      reason: "bench",
    });
    if (change === undefined) throw new Error("a cancel writes");
    await Promise.all(messages.map(({ Body }) => jobs.change(keys.get(Body ?? "") ?? "", change)));
  };

/** The least write that could be called a cancel: it sets the state alone, keeps no receipt and moves no index entry. */
export const throughWritesOnly = ({ table: { call, table } }: Servers, keys: ReadonlyMap<string, string>): Settle => {
  const claim = (pk: string | undefined) =>
    call("UpdateItem", {
      TableName: table,
      Key: toItem({ pk, sk: current }),
      UpdateExpression: "SET #state = :stopping",
      ConditionExpression: "#state IN (:queued, :running)",
      ExpressionAttributeNames: { "#state": "state" },
      ExpressionAttributeValues: toItem({ ":stopping": "stopping", ":queued": "queued", ":running": "running" }),
    });
  return async (messages) => {
    await Promise.all(messages.map(({ Body }) => claim(keys.get(Body ?? ""))));
  };
};
