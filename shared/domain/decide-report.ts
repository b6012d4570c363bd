import { assuranceOf, confirm, contradict, isStronger, ownRecords, principalWitness } from "./assurance.ts";
import type { Change, Decision } from "./change.ts";
import { expire, isFenced } from "./expiry.ts";
import {
  type Cancellation,
  type Evidence,
  type Instant,
  isTerminal,
  type Job,
  nextStepAt,
  noStepSince,
  stopBy,
  type TerminalState,
} from "./job.ts";
import { cleanupDueAt } from "./staleness.ts";

export interface FinishReport {
  readonly outcome: TerminalState;
  readonly error?: string;
  readonly residue?: readonly string[];
  /** What a supervisor saw, which is not the work itself. */
  readonly seen?: Seen | undefined;
}

export interface Seen {
  readonly kind: "process-gone" | "supervisor-reported";
  readonly detail: string;
}

export type ReportOutcome = "recorded" | "refused" | "not-found" | "not-started" | "not-cancelled";

/** Renews a lease before the job was read: one write, which moves no index entry. A fresher sign of life stays on record. */
export const renewUnseen = (uid: string, now: Instant): Decision<ReportOutcome> => ({
  change: { when: { uid, states: ["queued", "running"], heartbeatBefore: now }, set: { heartbeatAt: now } },
  outcome: "recorded",
});

/** Renews the lease; with `start` it also takes a queued job into work. After the end it is refused, and the receipt says so. */
export const decideHeartbeat = (job: Job | undefined, start: boolean, now: Instant): Decision<ReportOutcome> => {
  if (job === undefined) return { outcome: "not-found" };
  if (isFenced(job, now)) return { change: expire(job, now) };
  if (isTerminal(job.state)) return refuseHeartbeat(job, start, now);
  const change = renew(job, start, now);
  return change === undefined ? { outcome: "recorded" } : { change, outcome: "recorded" };
};

/** A refused start shows that the work of a job that was cancelled in the queue has not begun. */
const refuseHeartbeat = (job: Job, start: boolean, now: Instant): Decision<ReportOutcome> => {
  const { cancellation } = job;
  if (cancellation?.assurance === undefined) return { outcome: "refused" };
  const { assurance, evidence } = cancellation;
  if (assurance === "never-started" && start) {
    const detail = "the worker asked to start the job, and was refused";
    const refused: Evidence = { kind: "start-refused", at: now, witness: ownRecords, detail };
    return { change: confirm(job, cancellation, refused, []), outcome: "refused" };
  }
  // A worker whose start was refused, or who waits for its turn, has shown no sign of work.
  const waits = evidence?.kind === "start-refused" || (assurance === "never-started" && !start);
  if (waits) return { outcome: "refused" };
  return { change: contradict(job, cancellation, start ? "a start" : "a heartbeat", now), outcome: "refused" };
};

/** Undefined where a heartbeat that was sent later has renewed the lease, and there is nothing else to write. */
const renew = (job: Job, start: boolean, now: Instant): Change | undefined => {
  const { uid, state, cancellation } = job;
  const isFresher = job.heartbeatAt < now;
  const when = { uid, states: [state], ...(isFresher ? { heartbeatBefore: now } : {}) };
  const renewed = isFresher ? { heartbeatAt: now } : {};
  if (state === "queued" && start) {
    const started = { ...renewed, state: "running", startedAt: Math.max(now, job.registeredAt) } as const;
    return { when, set: started, due: { on: "cleanup", at: cleanupDueAt({ ...job, ...started }) } };
  }
  if (cancellation === undefined) return isFresher ? { when, set: renewed } : undefined;
  const isTold = cancellation.steps.some(({ step }) => step === "stop-request-delivered");
  if (isTold && !isFresher) return undefined;
  return {
    when: { ...when, ...noStepSince(job) },
    set: renewed,
    ...(isOverdue(job, cancellation, now) ? { due: { on: "reconcile", at: now } } : {}),
    ...(isTold
      ? {}
      : {
          step: {
            at: nextStepAt(job, now),
            step: "stop-request-delivered",
            detail: "a heartbeat carried the stop request",
          },
        }),
  };
};

/** Whether a sign of life came after the deadline: reconcile need not wait for the end of the lease. */
const isOverdue = (job: Job, cancellation: Cancellation, now: Instant): boolean =>
  cancellation.outcome === "stopping" && now > stopBy(job, cancellation) && (job.dueAt ?? now) > now;

/** Completion wins over cancellation. */
export const decideFinish = (
  job: Job | undefined,
  report: FinishReport,
  by: string,
  now: Instant,
): Decision<ReportOutcome> => {
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
      return { change: concludeBy(job, report, by, now), outcome: "recorded" };
    case "succeeded":
    case "failed":
    case "cancelled":
      return refuseFinish(job, report, by, now);
    default:
      throw new Error(`unknown state ${job.state satisfies never}`);
  }
};

const finish = (job: Job, report: FinishReport, state: TerminalState, now: Instant): Change => ({
  when: { uid: job.uid, states: [job.state] },
  set: {
    state,
    endedAt: Math.max(now, job.startedAt ?? job.registeredAt),
    ...(report.error === undefined ? {} : { error: report.error }),
  },
});

const concludeBy = (job: Job, report: FinishReport, by: string, now: Instant): Change => {
  const at = nextStepAt(job, now);
  const completed = report.outcome === "succeeded";
  const says = completed
    ? "the worker reported that it had succeeded before it could stop"
    : `the worker reported that it had stopped (${report.outcome})`;
  const { kind, detail } = report.seen ?? { kind: "worker-acknowledged" as const, detail: says };
  const outcome = completed ? "completed-first" : "stopped";
  return {
    ...finish(job, report, completed ? "succeeded" : "cancelled", at),
    when: { uid: job.uid, states: [job.state], ...noStepSince(job) },
    conclude: {
      outcome,
      evidence: { kind, at, witness: principalWitness(by), detail },
      assurance: assuranceOf[kind],
      residue: completed ? [] : leftBehind(job.cancellation, report),
    },
    step: { at, step: completed ? "completed-first" : kind, detail },
    announce: [outcome],
    due: { on: "reconcile", at },
  };
};

const leftBehind = (cancellation: Cancellation | undefined, report: FinishReport): readonly string[] => [
  ...(cancellation?.residue ?? []),
  ...(report.residue ?? []),
];

/** Confirms or contradicts the receipt by a report that comes after the end. No state changes. */
const refuseFinish = (job: Job, report: FinishReport, by: string, now: Instant): Decision<ReportOutcome> => {
  const { cancellation } = job;
  if (cancellation?.assurance === undefined || agrees(report, cancellation)) return { outcome: "refused" };
  const { assurance, outcome } = cancellation;
  const says = report.outcome === "succeeded" ? "completed-first" : "stopped";
  const late = { kind: "worker-acknowledged" as const, detail: `the worker reported its end late (${report.outcome})` };
  const { kind, detail } = report.seen ?? late;
  if (says === outcome && assurance !== "never-started" && isStronger(kind, assurance)) {
    const evidence: Evidence = { kind, at: now, witness: principalWitness(by), detail };
    const residue = says === "stopped" ? leftBehind(cancellation, report) : [];
    return { change: confirm(job, cancellation, evidence, residue), outcome: "refused" };
  }
  return { change: contradict(job, cancellation, `a report: ${report.outcome}`, now), outcome: "refused" };
};

/** Whether a late report repeats what is on record, as when the answer to the first one was lost. */
const agrees = ({ outcome }: FinishReport, { evidence, assurance, outcome: recorded }: Cancellation): boolean => {
  if (assurance === "contradicted") return false;
  switch (evidence?.kind) {
    case "never-started":
      return outcome === "cancelled";
    case "lease-expired":
      return false;
    default:
      return (outcome === "succeeded") === (recorded === "completed-first");
  }
};
