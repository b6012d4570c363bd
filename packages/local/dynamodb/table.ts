import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  ResourceInUseException,
  type TimeToLiveSpecification,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { localCredentials } from "../platform/local-credentials.ts";

/** What `AWS::DynamoDB::Table` and `CreateTable` have in common, and the time to live, which has a call of its own. */
export type TableProperties = Pick<
  CreateTableCommandInput,
  | "AttributeDefinitions"
  | "KeySchema"
  | "GlobalSecondaryIndexes"
  | "LocalSecondaryIndexes"
  | "BillingMode"
  | "ProvisionedThroughput"
> & { readonly TimeToLiveSpecification?: TimeToLiveSpecification };

/** Creates a table as the template describes it. Keeps one that exists already, with its data. */
export const createTable = async (
  endpoint: string,
  properties: TableProperties,
  name: string,
  region = "eu-west-1",
): Promise<void> => {
  const client = new DynamoDBClient({ endpoint, region, credentials: localCredentials });
  try {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        AttributeDefinitions: properties.AttributeDefinitions,
        KeySchema: properties.KeySchema,
        GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes,
        LocalSecondaryIndexes: properties.LocalSecondaryIndexes,
        BillingMode: properties.BillingMode,
        ProvisionedThroughput: properties.ProvisionedThroughput,
      }),
    );
    const { TimeToLiveSpecification } = properties;
    if (TimeToLiveSpecification)
      await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
  } catch (error) {
    if (error instanceof ResourceInUseException) return;
    throw new Error(`the table ${name} cannot be created at ${endpoint}: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    client.destroy();
  }
};
