import type { Change, Decision } from "./change.ts";
import { expire, isFenced } from "./expiry.ts";
import { type Instant, isTerminal, type Job, stopBy, type TerminalState } from "./job.ts";
import { cleanupDueAt } from "./staleness.ts";

/** A worker's last report about its job. */
export interface FinishReport {
  readonly outcome: TerminalState;
  readonly error?: string;
  /** What the worker left behind, in its own words. */
  readonly residue?: readonly string[];
}

export type ReportOutcome = "recorded" | "refused" | "not-found" | "not-started" | "not-cancelled";

/** The first attempt of a heartbeat, before the job was seen: one write, which moves no index entry. */
export const renewUnseen = (uid: string, now: Instant): Decision<ReportOutcome> => ({
  change: { when: { uid, states: ["queued", "running"] }, set: { heartbeatAt: now } },
  outcome: "recorded",
});

/**
 * A heartbeat renews the lease; with `start` it also takes a queued job into work. A late heartbeat still renews,
 * unless the job was told to stop: then the lost lease has become the proof of the stop and the worker is fenced.
 */
export const decideHeartbeat = (job: Job | undefined, start: boolean, now: Instant): Decision<ReportOutcome> => {
  if (job === undefined) return { outcome: "not-found" };
  if (isFenced(job, now)) return { change: expire(job, now) };
  if (isTerminal(job.state)) return { outcome: "refused" };
  return { change: renew(job, start, now), outcome: "recorded" };
};

const renew = (job: Job, start: boolean, now: Instant): Change => {
  const when = { uid: job.uid, states: [job.state] };
  if (job.state === "stopping") {
    const { cancellation, dueAt = now } = job;
    const told = cancellation?.steps.some(({ step }) => step === "stop-request-delivered");
    // One sign of life after the deadline says all: reconciling need not wait until the lease is over.
    const isOverdue = cancellation?.outcome === "stopping" && now > stopBy(job, cancellation) && dueAt > now;
    return {
      when: { ...when, heartbeatAt: job.heartbeatAt },
      set: { heartbeatAt: now },
      ...(isOverdue ? { due: { on: "reconcile", at: now } } : {}),
      ...(told
        ? {}
        : { step: { at: now, step: "stop-request-delivered", detail: "a heartbeat carried the stop request" } }),
    };
  }
  if (job.state === "queued" && start) {
    const started = { state: "running", heartbeatAt: now, startedAt: now } as const;
    return { when, set: started, due: { on: "cleanup", at: cleanupDueAt({ ...job, ...started }) } };
  }
  return { when, set: { heartbeatAt: now } };
};

/** A worker's last report. It wins over nothing that was settled before it, and completion wins over cancellation. */
export const decideFinish = (job: Job | undefined, report: FinishReport, now: Instant): Decision<ReportOutcome> => {
  if (job === undefined) return { outcome: "not-found" };
  if (isFenced(job, now)) return { change: expire(job, now) };

  switch (job.state) {
    case "queued":
      return { outcome: "not-started" };
    case "running":
      return report.outcome === "cancelled"
        ? { outcome: "not-cancelled" }
        : { change: finish(job, report, report.outcome, now), outcome: "recorded" };
    case "stopping":
      return { change: concludeBy(job, report, now), outcome: "recorded" };
    case "succeeded":
    case "failed":
    case "cancelled":
      return { outcome: "refused" };
    default:
      throw new Error(`unknown state ${job.state satisfies never}`);
  }
};

const finish = (job: Job, report: FinishReport, state: TerminalState, now: Instant): Change => ({
  when: { uid: job.uid, states: [job.state] },
  set: { state, endedAt: now, ...(report.error === undefined ? {} : { error: report.error }) },
});

const concludeBy = (job: Job, report: FinishReport, now: Instant): Change => {
  const completed = report.outcome === "succeeded";
  const detail = completed
    ? "the worker reported that it had succeeded before it could stop"
    : `the worker reported that it had stopped (${report.outcome})`;
  const outcome = completed ? "completed-first" : "stopped";
  const residue = [...(job.cancellation?.residue ?? []), ...(report.residue ?? [])];
  return {
    ...finish(job, report, completed ? "succeeded" : "cancelled", now),
    conclude: {
      outcome,
      evidence: { kind: "worker-acknowledged", at: now, detail },
      residue: completed ? [] : residue,
    },
    step: { at: now, step: completed ? "completed-first" : "worker-acknowledged", detail },
    announce: [outcome],
    due: { on: "reconcile", at: now },
  };
};
