import { remainingMs } from "../../shared/concurrency/deadline.ts";
import { mapAtMost } from "../../shared/concurrency/map-at-most.ts";
import type { Instant, Job } from "../../shared/domain/job.ts";
import type { ScheduledFunction } from "../../shared/entrypoints/schedule.ts";
import { tellOfPage } from "../../shared/operations/tell-of-page.ts";
import type { DueCursor } from "../../shared/ports/due-queue.ts";
import type { Services } from "../../shared/ports/services.ts";
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
    let next: DueCursor | undefined;
    do {
      const page = await dueQueue.due("reconcile", clock.now(), batchSize, next);
      tellOfPage(services, "reconcile", page, next === undefined);
      const unseen = page.jobs.filter(({ uid }) => !seen.has(uid));
      for (const { uid } of unseen) seen.add(uid);
      const { checks, failed } = await reconcile(services)(unseen);
      await putOff(
        services,
        unseen.filter(({ uid }) => failed.includes(uid)),
      );
      // The message of this check will find nothing due, so the sweep schedules the next one.
      await reconcileQueue.schedule(checks.filter(({ delaySeconds }) => delaySeconds < sweepSeconds));
      summary.checked += unseen.length;
      summary.failed += failed.length;
      summary.unreadable += page.unreadable.length;
      next = page.next;
    } while (next && remainingMs(deadline) > 0);
    log.info("swept cancellations", { count: summary.checked });
    return summary;
  },
};

/** Moves what failed away from the front of the queue, for longer the longer it fails. */
const putOff = async ({ jobs, clock, log }: Services, failed: readonly Job[]): Promise<void> => {
  const now = clock.now();
  await mapAtMost(25, failed, async ({ uid, state, dueAt, cancellation }) => {
    const at = now + delayAfter(now - (cancellation?.requestedAt ?? now));
    const change = { when: { states: [state], dueAt: dueAt ?? null }, due: { on: "reconcile", at } } as const;
    await jobs.changeIncarnation(uid, change).catch((error: unknown) => {
      log.error("a cancellation could not be put off", { uid }, error);
    });
  });
};

const shortestMs = 30_000;
const longestMs = 900_000;

/** An eighth of the age of the cancellation, from half a minute, so that the next sweep finds it, to a quarter of an hour. */
const delayAfter = (ageMs: Instant): number => Math.min(Math.max(ageMs / 8, shortestMs), longestMs);
