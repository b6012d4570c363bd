import { Logger } from "@aws-lambda-powertools/logger";
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { marshall } from "@aws-sdk/util-dynamodb";
import middy from "@middy/core";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import * as z from "zod";
import { claim } from "./dynamodb/claim.ts";

/** A cancel as most teams would build it: the usual libraries, one conditional write, one message, one log line. */
const logger = new Logger({ serviceName: "standdown" });
const [table, queue] = [new DynamoDBClient({}), new SQSClient({})];

const parameters = z.object({ project_id: z.string().regex(/^\w{1,64}$/), job_id: z.string().min(1).max(64) });

export const handler = middy<APIGatewayProxyEventV2>().handler(async ({ pathParameters }) => {
  const { success, data } = parameters.safeParse(pathParameters);
  if (!success) return { statusCode: 400, body: JSON.stringify({ is_success: false, message: "invalid" }) };
  const { Key, ExpressionAttributeValues, ...input } = claim(data.job_id);
  await table.send(
    new UpdateItemCommand({
      ...input,
      Key: marshall({ ...Key, sk: "claim" }),
      ExpressionAttributeValues: marshall(ExpressionAttributeValues),
    }),
  );
  await queue.send(
    new SendMessageCommand({
      QueueUrl: process.env.STANDDOWN_RECONCILE_QUEUE_URL,
      MessageBody: JSON.stringify({ jobId: data.job_id, check: 1 }),
      DelaySeconds: 5,
    }),
  );
  logger.info("request", { operation: "cancel-sql-job", outcome: "accepted", status: 200 });
  return { statusCode: 200, body: JSON.stringify({ is_success: true, message: "" }) };
});
