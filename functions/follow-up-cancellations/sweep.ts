import { remainingMs } from "../../shared/aws/deadline.ts";
import type { ScheduledFunction } from "../../shared/edge/schedule.ts";
import { followUp } from "../../shared/follow-up.ts";

interface SweepSummary {
  /** How many cancellations were looked at. */
  readonly looked: number;
  /** How many of them could not be dealt with, and stay due. */
  readonly failed: number;
  readonly unreadable: number;
}

const batchSize = 200;

/** Looks at every cancellation that is due: the safety net under the delayed messages. */
export const sweep: ScheduledFunction<SweepSummary> = {
  run: async (services) => {
    const { worklists, clock, log } = services;
    const summary = { looked: 0, failed: 0, unreadable: 0 };
    for (;;) {
      const { jobs, unreadable } = await worklists.due("follow-up", clock.now(), batchSize);
      const { failed } = await followUp(services)(jobs);
      summary.looked += jobs.length;
      summary.failed += failed.length;
      summary.unreadable = unreadable;
      // What failed is due again: another round would only meet it once more.
      if (jobs.length === 0 || failed.length > 0 || remainingMs() <= 0) break;
    }
    log.info("swept cancellations", { count: summary.looked });
    return summary;
  },
};
