import type { AwsCall } from "../aws/json-client.ts";
import type { Log } from "../observability/log.ts";
import { callInBatches } from "./sqs.ts";

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
    try {
      await callInBatches(call, "SendMessageBatch", queueUrl, entries);
    } catch (error) {
      log.error("a follow-up could not be asked for", {}, error);
    }
  },
});
