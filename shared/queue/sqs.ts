import type { AwsCall, JsonService } from "../aws/json-client.ts";

export const sqs: JsonService = { name: "sqs", target: "AmazonSQS", contentType: "application/x-amz-json-1.0" };

/** What one batch call takes. */
const entriesPerCall = 10;

/** The entries, in as many parts as they need calls. */
export const batchesOf = <Entry>(entries: readonly Entry[]): Entry[][] =>
  Array.from({ length: Math.ceil(entries.length / entriesPerCall) }, (_, index) =>
    entries.slice(index * entriesPerCall, (index + 1) * entriesPerCall),
  );

/** A call with a list of entries, as often as the list needs. Gives the ids (`Id`) of those that were refused. */
export const callInBatches = async <Entry extends { readonly Id: string }>(
  call: AwsCall,
  operation: "SendMessageBatch" | "ChangeMessageVisibilityBatch",
  QueueUrl: string,
  entries: readonly Entry[],
): Promise<readonly string[]> => {
  const refused: string[] = [];
  for (const Entries of batchesOf(entries)) {
    const { Failed = [] } = await call(operation, { QueueUrl, Entries });
    refused.push(...(Failed as { Id: string }[]).map(({ Id }) => Id));
  }
  return refused;
};
