import { mapAtMost } from "../../shared/concurrency/map-at-most.ts";
import type { Decision } from "../../shared/domain/change.ts";
import { decideConfirmation, isOnlySaid } from "../../shared/domain/decide-confirmation.ts";
import { currentStep, decideReconcile, type NextCheck, type Probe } from "../../shared/domain/decide-reconcile.ts";
import type { Announcement, Instant, Job } from "../../shared/domain/job.ts";
import { type CloudEvent, eventId, kindOf, toOutcomeEvent } from "../../shared/domain/outcome-event.ts";
import { timeToStop } from "../../shared/domain/receipt.ts";
import type { ScheduledCheck } from "../../shared/domain/scheduled-check.ts";
import { isValidJob } from "../../shared/domain/validate-stored-job.ts";
import { applyDecision } from "../../shared/operations/apply-decision.ts";
import { findBackend } from "../../shared/operations/find-backend.ts";
import type { Services } from "../../shared/ports/services.ts";

type Used = Pick<Services, "jobs" | "clock" | "backends" | "events" | "metrics" | "log">;

export interface ReconcileResult {
  readonly checks: readonly ScheduledCheck[];
  readonly failed: readonly string[];
}

const atOnce = 25;

interface Checked {
  readonly job: Job;
  readonly checkAt?: Instant;
}

interface PendingEvents extends Checked {
  readonly events: readonly CloudEvent[];
}

/** Reconciles cancellations: probes, verifies or escalates, publishes, puts back. It may run twice or break off anywhere. */
export const reconcile =
  (services: Used) =>
  async (jobs: readonly Job[]): Promise<ReconcileResult> => {
    const failed: string[] = [];
    const orFailed = async <Result>({ uid }: Job, attempt: Promise<Result>): Promise<Result | undefined> => {
      try {
        return await attempt;
      } catch (error) {
        services.log.error("a cancellation could not be reconciled", { uid }, error);
        failed.push(uid);
        return undefined;
      }
    };

    const cancelled = jobs.filter(({ cancellation }) => cancellation !== undefined);
    const checkEach = (job: Job) => orFailed(job, check(services, job).then(withEvents));
    const checked = (await mapAtMost(atOnce, cancelled, checkEach)).filter((each) => each !== undefined);
    const taken = await publish(services, checked);
    await mapAtMost(atOnce, checked, (each) => orFailed(each.job, putBack(services, each, taken)));

    const now = services.clock.now();
    const checks = checked.flatMap(({ job: { uid }, checkAt }) =>
      checkAt === undefined ? [] : [{ uid, delaySeconds: (checkAt - now) / 1000 }],
    );
    return { checks, failed };
  };

/** Takes steps until there is nothing to do but wait. */
const check = async ({ jobs, backends, clock }: Used, found: Job): Promise<Checked> => {
  if (!isValidJob(found, Object.keys(backends))) throw new Error("the item of the job is not whole");
  const decide = async (job: Job | undefined): Promise<Decision<NextCheck | undefined>> => {
    if (job?.cancellation === undefined) return { outcome: undefined };
    const backend = findBackend(backends, job);
    if (job.state !== "stopping" && !(backend.isWitness && isOnlySaid(job.cancellation))) return { outcome: undefined };
    const seen = await backend.probe(job, clock.now()).catch((): Probe => ({ kind: "unknown" }));
    if (job.state !== "stopping") return decideConfirmation(job, job.cancellation, seen, clock.now());
    return decideReconcile(job, job.cancellation, seen, backend.escalationSteps, clock.now());
  };
  const { outcome, job = found } = await applyDecision(jobs, { uid: found.uid, job: found }, decide);
  if (outcome === undefined || job.cancellation === undefined) return { job };
  const backend = findBackend(backends, job);
  // The stop request may have been lost. What is there though its work has reported the end is ended at once.
  const step = job.state === "stopping" ? currentStep(job.cancellation) : backend.escalationSteps.length - 1;
  await backend.stop(job, step).catch(() => {});
  return { job, checkAt: outcome.checkAt };
};

const withEvents = (checked: Checked): PendingEvents => {
  const { job } = checked;
  const { cancellation, outbox = [] } = job;
  const events = cancellation ? outbox.map((announcement) => toOutcomeEvent(job, cancellation, announcement)) : [];
  return { ...checked, events };
};

/** Returns the ids of the events that are out. */
const publish = async ({ events, log }: Used, told: readonly PendingEvents[]): Promise<ReadonlySet<string>> => {
  try {
    return await events.publish(told.flatMap((each) => each.events));
  } catch (error) {
    log.error("events could not be published", {}, error);
    return new Set();
  }
};

const retryMs = 60_000;

/**
 * Takes out of the outbox what was published, and sets the next check, unless somebody else has set one or the worker was
 * heard meanwhile: then the job stays due.
 */
const putBack = async (services: Used, { job, checkAt }: Checked, taken: ReadonlySet<string>) => {
  const { jobs, clock } = services;
  const { outbox = [], dueAt, heartbeatAt } = job;
  if (checkAt === undefined && outbox.length === 0 && dueAt === undefined) return;
  const announced = outbox.filter((announcement) => taken.has(eventId(job, announcement)));
  const isOut = announced.length === outbox.length;
  const next = checkAt ?? (isOut ? undefined : clock.now() + retryMs);
  const when = { states: [job.state], outbox };
  const told = announced.length > 0 ? { announced } : {};
  const written = await jobs.changeIncarnation(job.uid, {
    when: { ...when, dueAt: dueAt ?? null, heartbeatAt },
    ...told,
    due: next === undefined ? "no-more" : { on: "reconcile", at: next },
  });
  const { applied } =
    written.applied || announced.length === 0 ? written : await jobs.changeIncarnation(job.uid, { when, ...told });
  if (applied) for (const announcement of announced) count(services, job, announcement);
};

const count = ({ metrics, log }: Pick<Used, "metrics" | "log">, job: Job, announcement: Announcement): void => {
  const { uid, service, cancellation } = job;
  const { assurance } = cancellation ?? {};
  const kind = kindOf(announcement);
  const where = { service, backend: job.backend.kind };
  const one = { value: 1, unit: "Count" } as const;
  metrics.put({ name: "Cancellations", ...one, dimensions: { service, outcome: kind } });
  if (kind !== "requested" && assurance) metrics.put({ name: "Assurance", ...one, dimensions: { service, assurance } });
  if (kind === "not-stopped") metrics.put({ name: "NotStopped", ...one, dimensions: where, total: true });
  if (kind === "contradicted") metrics.put({ name: "Contradicted", ...one, dimensions: where, total: true });
  if (kind === "not-stopped" || kind === "contradicted") log.info(`a cancellation is ${kind}`, { uid, service });
  const ms = kind === "stopped" && cancellation ? timeToStop(cancellation) : undefined;
  if (ms !== undefined) metrics.put({ name: "TimeToStop", value: ms, unit: "Milliseconds", dimensions: where });
};
