import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { AwsError, jsonClient } from "../../../../shared/adapters/aws-client/json-client.ts";
import { accepted, type CancelEvent, claim, tooLate } from "./claim.ts";

type Item = Parameters<typeof unmarshall>[0];

const {
  AWS_REGION: region = "",
  AWS_ACCESS_KEY_ID: accessKeyId = "",
  AWS_SECRET_ACCESS_KEY: secretAccessKey = "",
} = process.env;
const call = jsonClient(
  { name: "dynamodb", target: "DynamoDB_20120810", contentType: "application/x-amz-json-1.0" },
  {
    region,
    credentials: { accessKeyId, secretAccessKey },
    endpoints: { dynamodb: process.env.AWS_ENDPOINT_URL_DYNAMODB ?? "" },
  },
);

/** The same write by the client that the functions use. */
export async function handler({ jobId }: CancelEvent) {
  const { Key, ExpressionAttributeValues, ...input } = claim(jobId);
  try {
    const { Attributes } = await call("UpdateItem", {
      ...input,
      Key: marshall(Key),
      ExpressionAttributeValues: marshall(ExpressionAttributeValues),
    });
    return accepted(unmarshall(Attributes as Item));
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ConditionalCheckFailedException") throw error;
    return tooLate(unmarshall(error.body.Item as Item));
  }
}
