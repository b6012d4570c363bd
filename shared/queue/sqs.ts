import type { AwsCall, JsonService } from "../aws/json-client.ts";

export const sqs: JsonService = { name: "sqs", target: "AmazonSQS", contentType: "application/x-amz-json-1.0" };

/** What one batch call takes. */
const entriesPerCall = 10;

/** A call with a list of entries, as often as the list needs. Gives the ids (`Id`) of those that were refused. */
export const callInBatches = async <Entry extends { readonly Id: string }>(
  call: AwsCall,
  operation: "SendMessageBatch" | "ChangeMessageVisibilityBatch",
  QueueUrl: string,
  entries: readonly Entry[],
): Promise<readonly string[]> => {
  const refused: string[] = [];
  for (let start = 0; start < entries.length; start += entriesPerCall) {
    const { Failed = [] } = await call(operation, { QueueUrl, Entries: entries.slice(start, start + entriesPerCall) });
    refused.push(...(Failed as { Id: string }[]).map(({ Id }) => Id));
  }
  return refused;
};
