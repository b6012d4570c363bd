import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { accepted, type CancelEvent, claim, tooLate } from "./claim.ts";

const client = new DynamoDBClient({});

export async function handler({ jobId }: CancelEvent) {
  const { Key, ExpressionAttributeValues, ...input } = claim(jobId);
  const command = new UpdateItemCommand({
    ...input,
    Key: marshall(Key),
    ExpressionAttributeValues: marshall(ExpressionAttributeValues),
  });
  try {
    const { Attributes } = await client.send(command);
    return accepted(Attributes && unmarshall(Attributes));
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return tooLate(error.Item && unmarshall(error.Item));
    throw error;
  }
}
