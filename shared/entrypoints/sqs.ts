import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { type Deadline, deadlineIn } from "../concurrency/deadline.ts";
import type { Services, ServicesUntil } from "../ports/services.ts";

/** Settles one batch and returns the ids of the messages that must come again. */
export interface QueueFunction {
  readonly settle: (records: readonly SQSRecord[], run: QueueRun) => Promise<readonly string[]>;
}

export interface QueueRun {
  readonly services: Services;
  /** When the calls of `services` end. */
  readonly deadline: Deadline;
  /** For what follows the last record, until the function ends. */
  readonly closing: Services;
  readonly requestId: string;
  readonly functionName: string;
}

export type QueueEntry = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** Kept to schedule checks, to dead-letter and to answer. */
const reserveMs = 2_000;

/** Kept for the answer itself. */
const answerMs = 250;

/** Makes the Lambda entry of a queue function. `connect` is called at the first batch, as in {@link httpEntry}. */
export const queueEntry = ({ settle }: QueueFunction, connect: () => ServicesUntil): QueueEntry => {
  let servicesUntil: ServicesUntil | undefined;
  return async ({ Records }, context) => {
    servicesUntil ??= connect();
    const { awsRequestId: requestId, functionName } = context;
    const end = deadlineIn(context.getRemainingTimeInMillis());
    const deadline = end - reserveMs;
    const [services, closing] = [servicesUntil(deadline), servicesUntil(end - answerMs)];
    const failed = await settle(Records, { services, deadline, closing, requestId, functionName });
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
};
