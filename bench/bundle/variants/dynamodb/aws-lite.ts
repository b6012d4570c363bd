import awsLite from "@aws-lite/client";
import dynamodbPlugin from "@aws-lite/dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { accepted, type CancelEvent, claim, type Job, tooLate } from "./claim.ts";

// The types of its DynamoDB methods are a package of their own.
interface Client {
  dynamodb: { UpdateItem: (input: object) => Promise<{ Attributes?: Job }> };
}

// Keep-alive is off by default unless its endpoint is AWS's own.
const client: Promise<unknown> = awsLite({
  plugins: [dynamodbPlugin],
  endpoint: process.env.AWS_ENDPOINT_URL_DYNAMODB ?? "",
  keepAlive: true,
});

export async function handler({ jobId }: CancelEvent) {
  try {
    const { dynamodb } = (await client) as Client;
    const { Attributes } = await dynamodb.UpdateItem(claim(jobId));
    return accepted(Attributes);
  } catch (error) {
    const { name, Item } = error as { name: string; Item?: Parameters<typeof unmarshall>[0] };
    // It reads the items of successful replies, but leaves the item of a failed condition in DynamoDB's notation.
    if (name === "ConditionalCheckFailedException") return tooLate(Item && unmarshall(Item));
    throw error;
  }
}
