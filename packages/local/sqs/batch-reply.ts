import { isRecord } from "../template/intrinsics.ts";

/**
 * The ids of the messages that a function with `ReportBatchItemFailures` has not dealt with, or undefined where Lambda
 * would not understand the reply, and so keeps the whole batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const failedMessages = (payload: string, batch: ReadonlySet<string>): ReadonlySet<string> | undefined => {
  const reply = parse(payload);
  if (reply === null) return new Set();
  if (!isRecord(reply)) return undefined;
  const failures = reply.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return undefined;
  const ids: unknown[] = failures.map((failure) => (isRecord(failure) ? failure.itemIdentifier : undefined));
  return ids.every((id): id is string => typeof id === "string" && batch.has(id)) ? new Set(ids) : undefined;
};

const parse = (payload: string): unknown => {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
};
