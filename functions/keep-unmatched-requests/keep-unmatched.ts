import { mapAtMost } from "../../shared/concurrency/map-at-most.ts";
import type { QueueFunction } from "../../shared/entrypoints/sqs.ts";

const atOnce = 10;

const reason = { code: "unmatched", detail: "Its operation or its detail type is none that is known." };

/** Puts aside the events that no operation takes, as a message that nothing can be done with is put aside: redacted. */
export const keepUnmatched: QueueFunction = {
  settle: async (records, { services, requestId, functionName }) => {
    const { sourceQueue, clock, log } = services;
    const failed: string[] = [];
    await mapAtMost(atOnce, records, async (record) => {
      const { messageId } = record;
      const fields = { requestId, function: functionName, trigger: "queue", messageId };
      try {
        await sourceQueue.deadLetter(record, reason, clock.now());
        log.info("message", { ...fields, outcome: "dead-lettered: unmatched" });
      } catch (error) {
        failed.push(messageId);
        log.error("an unmatched request could not be kept", fields, error);
      }
    });
    return failed;
  },
};
