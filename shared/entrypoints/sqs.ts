import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Services } from "../ports/services.ts";

/** A function behind a queue: deals with one batch, and gives the ids of the messages that must come again. */
export interface QueueFunction {
  readonly settle: (records: readonly SQSRecord[], run: QueueRun) => Promise<readonly string[]>;
}

export interface QueueRun {
  readonly services: Services;
  readonly requestId: string;
  readonly functionName: string;
  /** How long the records may take together. */
  readonly withinMs: number;
}

export type QueueEntry = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** Kept for what follows the last record: to ask for follow-ups, and to answer. */
const reserveMs = 2_000;

/** The Lambda entry of a queue function. `provide` is called at the first batch, as in {@link httpEntry}. */
export const queueEntry = ({ settle }: QueueFunction, provide: () => Services): QueueEntry => {
  let services: Services | undefined;
  return async ({ Records }, context) => {
    services ??= provide();
    const { awsRequestId: requestId, functionName } = context;
    const withinMs = context.getRemainingTimeInMillis() - reserveMs;
    const again = await settle(Records, { services, requestId, functionName, withinMs });
    return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) };
  };
};
