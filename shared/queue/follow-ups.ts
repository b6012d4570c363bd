import type { AwsCall } from "../aws/json-client.ts";
import { batchesOf } from "../batches-of.ts";
import type { Log } from "../observability/log.ts";
import { callInBatches, entriesPerCall } from "./sqs.ts";

/** When to look at a cancellation. */
export interface Look {
  readonly uid: string;
  readonly delaySeconds: number;
}

/** Asks for looks at cancellations by delayed messages. */
export interface FollowUps {
  /** Never fails: what cannot be asked for now, the sweep of the due index finds within a minute. */
  schedule(looks: readonly Look[]): Promise<void>;
}

/** The most that SQS delays a message. Whatever is due later is left to the sweep. */
const longestDelaySeconds = 900;

export const sqsFollowUps = (call: AwsCall, queueUrl: string, log: Log): FollowUps => ({
  async schedule(looks) {
    const entries = looks
      .filter(({ delaySeconds }) => delaySeconds <= longestDelaySeconds)
      .map(({ uid, delaySeconds }, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify({ uid }),
        DelaySeconds: Math.max(0, Math.ceil(delaySeconds)),
      }));
    let count = 0;
    let cause: unknown = new Error("the queue refused messages of a batch");
    // Each batch by itself, so that one that fails keeps no other from being sent.
    for (const batch of batchesOf(entries, entriesPerCall)) {
      try {
        count += (await callInBatches(call, "SendMessageBatch", queueUrl, batch)).length;
      } catch (error) {
        count += batch.length;
        cause = error;
      }
    }
    if (count > 0) log.error("follow-ups could not be asked for", { count }, cause);
  },
});
