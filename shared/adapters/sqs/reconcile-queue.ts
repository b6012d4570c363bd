import { batchesOf } from "../../concurrency/chunks.ts";
import type { Log } from "../../ports/log.ts";
import type { FollowUps } from "../../ports/reconcile-queue.ts";
import type { AwsCall } from "../aws-client/json-client.ts";
import { callInBatches, entriesPerCall } from "./sqs.ts";

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
