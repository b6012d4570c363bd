import type { Change } from "../../../shared/domain/change.ts";
import type { Announcement, Instant, Job } from "../../../shared/domain/job.ts";
import { eventId } from "../../../shared/domain/outcome-event.ts";
import { done, type Progress, type Resumed } from "./model-progress.ts";
import { escalations, probesOf, type Rules } from "./model-setting.ts";

export const checked = (job: Job, time: Instant, { setting, system }: Rules): readonly Resumed[] => {
  const { cancellation } = job;
  if (job.state !== "stopping" || !cancellation) return [{ next: toPublish(job, undefined, time) }];
  return probesOf(job, setting, time).map((probe) => {
    const next = system.decideReconcile(job, cancellation, probe, escalations[setting.backend], time);
    return next.change
      ? { next: { at: "move", uid: job.uid, change: next.change } }
      : { next: { at: "stop again", job, checkAt: next.outcome.checkAt } };
  });
};

export const toPublish = (job: Job, checkAt: Instant | undefined, time: Instant): Progress =>
  job.outbox ? { at: "publish", job, checkAt } : toPutBack(job, checkAt, [], time);

export const published = (job: Job, checkAt: Instant | undefined, time: Instant, { setting, system }: Rules) => {
  const ids = (job.outbox ?? []).map((announcement) => eventId(job, announcement));
  const answered = (out: readonly string[], taken: readonly string[]): Resumed => {
    const told = system.told(ids, taken);
    const announced = (job.outbox ?? []).filter((announcement) => told.includes(eventId(job, announcement)));
    return { next: toPutBack(job, checkAt, announced, time), published: out };
  };
  // A bus that fails may have taken them all the same.
  return setting.busFails ? [answered(ids, ids), answered([], []), answered(ids, [])] : [answered(ids, ids)];
};

const retryMs = 60_000;

const toPutBack = (
  { uid, state, outbox = [], dueAt, heartbeatAt }: Job,
  checkAt: Instant | undefined,
  announced: readonly Announcement[],
  time: Instant,
): Progress => {
  if (checkAt === undefined && outbox.length === 0 && dueAt === undefined) return done;
  const next = checkAt ?? (announced.length === outbox.length ? undefined : time + retryMs);
  const when = { states: [state], outbox };
  const told = announced.length > 0 ? { announced } : undefined;
  const change: Change = {
    when: { ...when, dueAt: dueAt ?? null, heartbeatAt },
    ...told,
    due: next === undefined ? "no-more" : { on: "reconcile", at: next },
  };
  const then: Progress = told ? { at: "put back", uid, change: { when, ...told }, end: done } : done;
  return { at: "put back", uid, change, end: done, otherwise: then };
};
