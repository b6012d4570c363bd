import { fork } from "node:child_process";
import { once } from "node:events";
import { type AwsCall, jsonClient } from "../../shared/adapters/aws-client/json-client.ts";
import { sqs } from "../../shared/adapters/sqs/sqs.ts";
import { localAws, startJobsTable } from "../../test/support/stack/jobs-table.ts";

/** The table and the queues, both in processes of their own: neither takes turns with what is measured. */
export async function startServers() {
  const table = await startJobsTable();
  const child = fork(new URL("./sqs-process.ts", import.meta.url));
  const [endpoint] = (await once(child, "message")) as [string];
  const { endpoints, ...aws } = localAws(table.endpoint);
  const callSqs = jsonClient(sqs, { ...aws, endpoints: { ...endpoints, sqs: endpoint } });
  const [queue, deadLetters, reconcileQueue, floor] = await Promise.all(
    ["cancels", "dead-letters", "reconcile", "floor"].map((name) => createQueue(callSqs, name)),
  );
  return {
    table,
    callSqs,
    sqsEndpoint: endpoint,
    queues: { queue, deadLetters, reconcileQueue, floor } as Readonly<Record<QueueName, string>>,
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await table.stop();
    },
  };
}

type QueueName = "queue" | "deadLetters" | "reconcileQueue" | "floor";
export type Servers = Awaited<ReturnType<typeof startServers>>;

const createQueue = async (call: AwsCall, QueueName: string): Promise<string> => {
  const { QueueUrl } = await call("CreateQueue", { QueueName, Attributes: { VisibilityTimeout: "120" } });
  return String(QueueUrl);
};
