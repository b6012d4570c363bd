import { chunk } from "../../concurrency/chunks.ts";
import type { Log } from "../../ports/log.ts";
import type { ReconcileQueue } from "../../ports/reconcile-queue.ts";
import type { AwsCall } from "../aws-client/json-client.ts";
import { callInBatches, entriesPerCall } from "./sqs.ts";

/** The most that SQS delays a message. Whatever is due later is left to the sweep. */
const maxDelaySeconds = 900;

export const sqsReconcileQueue = (call: AwsCall, queueUrl: string, log: Log): ReconcileQueue => ({
  async schedule(checks) {
    const entries = checks
      .filter(({ delaySeconds }) => delaySeconds <= maxDelaySeconds)
      .map(({ uid, delaySeconds }, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify({ uid }),
        DelaySeconds: Math.max(0, Math.ceil(delaySeconds)),
      }));
    let count = 0;
    let cause: unknown = new Error("the queue refused messages of a batch");
    for (const batch of chunk(entries, entriesPerCall)) {
      try {
        count += (await callInBatches(call, "SendMessageBatch", queueUrl, batch)).length;
      } catch (error) {
        count += batch.length;
        cause = error;
      }
    }
    if (count > 0) log.error("checks could not be scheduled", { count }, cause);
  },
});
