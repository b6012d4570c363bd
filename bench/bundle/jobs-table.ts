import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { startDynamoDb } from "../../packages/local/dynamodb/server.ts";
import { createTable } from "../../packages/local/dynamodb/table.ts";

const table = "jobs";
const region = "eu-central-1";
const job = {
  uid: "01JDA7Z5W2C3M4N5P6Q7R8S9T0",
  service: "dli",
  scope: { projectId: "b02ce40e8cb84a8e980fdb11fac657db", queueName: "default" },
  labels: { team: "reporting", purpose: "nightly" },
  startedAt: 1_795_255_200_000,
};

/** A real DynamoDB-compatible server with one job that runs and one that has ended, and the environment that leads to it. */
export async function startJobsTable() {
  const { endpoint, stop } = await startDynamoDb();
  await createTable(
    endpoint,
    {
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    },
    table,
    region,
  );
  const credentials = { accessKeyId: "testak", secretAccessKey: "testsk" };
  const client = new DynamoDBClient({ endpoint, region, credentials });
  for (const [pk, state] of [
    ["running", "running"],
    ["ended", "succeeded"],
  ]) {
    await client.send(new PutItemCommand({ TableName: table, Item: marshall({ ...job, pk, state, repeats: 0 }) }));
  }
  client.destroy();
  return { environment: { AWS_ENDPOINT_URL_DYNAMODB: endpoint, STANDDOWN_TABLE: table }, [Symbol.asyncDispose]: stop };
}
