import type { Context, SQSRecord } from "aws-lambda";
import { cancelOperations } from "../../../functions/registry.ts";
import { cancelQueue } from "../../../shared/entrypoints/cancel-queue.ts";
import { queueEntry } from "../../../shared/entrypoints/sqs.ts";
import type { Services, ServicesUntil } from "../../../shared/ports/services.ts";
import { now } from "../stack/jobs.ts";
import type { CancelRequest } from "./cancel-requests.ts";

/** The native parameters by which a message names a job, without a password. */
export const nativeParameters = ({ scope }: Pick<CancelRequest, "scope">, jobId: string): Record<string, unknown> => {
  const { projectId, graphName, regionId, dbInstanceId, namespace, collection } = scope;
  if (collection === undefined && namespace !== undefined) return { namespace, job_id: jobId };
  if (projectId !== undefined)
    return { project_id: projectId, ...(graphName === undefined ? {} : { graph_name: graphName }), job_id: jobId };
  return {
    RegionId: regionId,
    DBInstanceId: dbInstanceId,
    Namespace: namespace,
    Collection: collection,
    JobId: jobId,
  };
};

/** The bare data of a message. */
export const messageFor = (request: CancelRequest, jobId: string, more: object = {}, parameters: object = {}) => ({
  operation: request.operation,
  parameters: { ...nativeParameters(request, jobId), ...parameters },
  ...more,
});

let serial = 0;

/** A message that was sent at this time, and is received for so many times. */
export const aRecord = (body: unknown, receiveCount = 1, sentAt = now, sender = ""): SQSRecord => {
  const messageId = `message-${++serial}`;
  return {
    messageId,
    receiptHandle: `handle-of-${messageId}`,
    body: typeof body === "string" ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt),
      SenderId: sender,
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-west-1:000000000000:queue",
    awsRegion: "eu-west-1",
  };
};

/** Gives a batch to the queue function of an operation, as Lambda does; gives the ids that must come again. */
export const deliver = async (
  name: string,
  services: Services | ServicesUntil,
  records: readonly SQSRecord[],
  remainingMs = 30_000,
): Promise<readonly string[]> => {
  const operation = cancelOperations.find((candidate) => candidate.name === name);
  if (operation === undefined) throw new Error(`no operation is named ${name}`);
  const entry = queueEntry(cancelQueue(operation), () => (typeof services === "function" ? services : () => services));
  const context = { awsRequestId: "r", functionName: name, getRemainingTimeInMillis: () => remainingMs } as Context;
  const { batchItemFailures } = await entry({ Records: [...records] }, context);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
