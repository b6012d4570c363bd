import { marshall } from "@aws-sdk/util-dynamodb";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { jsonClient } from "../../../shared/adapters/aws-client/json-client.ts";
import { dynamoDb } from "../../../shared/adapters/dynamodb/table-call.ts";
import { sqs } from "../../../shared/adapters/sqs/sqs.ts";
import { readEnvironment } from "../../../shared/config/environment.ts";
import { claim } from "./dynamodb/claim.ts";

/** What no cancel can do without: one conditional write and one message, signed. Nothing is authenticated, checked or logged. */
const { aws, reconcileQueue } = readEnvironment();
const [callTable, callQueue] = [jsonClient(dynamoDb, aws), jsonClient(sqs, aws)];

export const handler = async ({ pathParameters }: APIGatewayProxyEventV2) => {
  const job_id = pathParameters?.job_id ?? "";
  const { Key, ExpressionAttributeValues, ...input } = claim(job_id);
  await callTable("UpdateItem", {
    ...input,
    Key: marshall({ ...Key, sk: "claim" }),
    ExpressionAttributeValues: marshall(ExpressionAttributeValues),
  });
  await callQueue("SendMessage", {
    QueueUrl: reconcileQueue,
    MessageBody: JSON.stringify({ job_id }),
    DelaySeconds: 5,
  });
  return { statusCode: 200, body: JSON.stringify({ is_success: true, message: "" }) };
};
