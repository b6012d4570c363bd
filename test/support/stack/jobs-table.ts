import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { startDynamoDb } from "../../../packages/local/dynamodb/server.ts";
import { createTable, type TableProperties } from "../../../packages/local/dynamodb/table.ts";
import { localCredentials } from "../../../packages/local/platform/local-credentials.ts";
import { type AwsCall, jsonClient } from "../../../shared/adapters/aws-client/json-client.ts";
import { dynamoDbLockouts, dynamoDbNonces } from "../../../shared/adapters/dynamodb/auth-store.ts";
import { dynamoDbDueQueue } from "../../../shared/adapters/dynamodb/due-queue.ts";
import { dynamoDbJobStore } from "../../../shared/adapters/dynamodb/job-store.ts";
import { dynamoDb } from "../../../shared/adapters/dynamodb/table-call.ts";
import { backendKinds } from "../../../shared/backends/registry.ts";

/** The settings of a client that talks to a local server. */
export const localAws = (endpoint: string) => ({
  region: "eu-west-1",
  credentials: localCredentials,
  endpoints: { dynamodb: endpoint },
});

/** Tests do not wait before they ask a table again. */
export const atOnce = async (): Promise<void> => {};

/** A real DynamoDB-compatible server with the table of the template, for one test file. */
export const startJobsTable = async () => {
  const server = await startDynamoDb();
  const template = parse(await readFile(new URL("../../../infra/resources/table.yml", import.meta.url), "utf8"));
  const table = "jobs";
  await createTable(server.endpoint, template.Resources.JobsTable.Properties as TableProperties, table);
  // On a busy machine hundreds of calls at once are slow to be answered, and none of them is lost.
  const call: AwsCall = jsonClient(dynamoDb, { ...localAws(server.endpoint), attemptMs: 30_000 });
  return {
    endpoint: server.endpoint,
    table,
    call,
    jobs: dynamoDbJobStore({ call, table, newWriteId: randomUUID }),
    dueQueue: dynamoDbDueQueue({ call, table, backendKinds, wait: atOnce }),
    nonces: dynamoDbNonces({ call, table, newWriteId: randomUUID }),
    lockouts: dynamoDbLockouts({ call, table }),
    stop: () => server.stop(),
  };
};

export type JobsTable = Awaited<ReturnType<typeof startJobsTable>>;
