import { remainingMs } from "../../shared/concurrency/deadline.ts";
import type { ScheduledFunction } from "../../shared/entrypoints/schedule.ts";
import { reconcile } from "./reconcile.ts";

interface SweepSummary {
  readonly checked: number;
  readonly failed: number;
  readonly unreadable: number;
}

const batchSize = 800;
/** Checks that are as far off are left to the sweep itself. */
const sweepSeconds = 60;

/** Reconciles every cancellation that is due: the safety net under the delayed messages. */
export const sweep: ScheduledFunction<SweepSummary> = {
  run: async ({ services, deadline }) => {
    const { dueQueue, reconcileQueue, clock, log } = services;
    const summary = { checked: 0, failed: 0, unreadable: 0 };
    const seen = new Set<string>();
    while (remainingMs(deadline) > 0) {
      const { jobs, unreadable } = await dueQueue.due("reconcile", clock.now(), batchSize);
      summary.unreadable = unreadable;
      // What failed is left to the next sweep.
      const unseen = jobs.filter(({ uid }) => !seen.has(uid));
      if (unseen.length === 0) break;
      for (const { uid } of unseen) seen.add(uid);
      const { checks, failed } = await reconcile(services)(unseen);
      // The message of this check will find nothing due, so the sweep schedules the next one.
      await reconcileQueue.schedule(checks.filter(({ delaySeconds }) => delaySeconds < sweepSeconds));
      summary.checked += unseen.length;
      summary.failed += failed.length;
    }
    log.info("swept cancellations", { count: summary.checked });
    return summary;
  },
};
