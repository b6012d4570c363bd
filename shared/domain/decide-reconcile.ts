import { assuranceOf } from "./assurance.ts";
import type { Change, Decision } from "./change.ts";
import { expire, isFenced } from "./expiry.ts";
import {
  type Cancellation,
  type Evidence,
  type Instant,
  type Job,
  nextStepAt,
  noStepSince,
  stopBy,
  type TerminalState,
} from "./job.ts";

export type Probe =
  /** With what was seen of it, in words that can follow "the work did not stop in time". */
  | { readonly kind: "alive"; readonly detail?: string }
  | {
      readonly kind: "stopped";
      readonly state: TerminalState;
      readonly evidence: Omit<Evidence, "at">;
      /** What was found to stay behind. */
      readonly residue?: readonly string[];
    }
  /** With `until`, it will be known by then; with `detail`, why it cannot be. */
  | { readonly kind: "unknown"; readonly until?: Instant; readonly detail?: string };

/** One way of stopping a job. */
export interface EscalationStep {
  readonly name: string;
  /** The job's own grace period where this is absent. */
  readonly graceSeconds?: number;
}

export type EscalationSteps = readonly [EscalationStep, ...EscalationStep[]];

export interface NextCheck {
  readonly checkAt: Instant;
}

const minWaitMs = 1000;
const maxWaitMs = 60_000;
/** A backend that promises to know later is asked before that, if it is much later. */
const maxPromiseMs = 900_000;

export const currentStep = ({ escalation }: Cancellation): number => escalation?.step ?? 0;

/** When the step that was tried last should have had its effect. */
export const stepDeadline = (job: Job, cancellation: Cancellation, escalationSteps: EscalationSteps): Instant => {
  const { escalation, requestedAt } = cancellation;
  if (escalation) return escalation.deadline;
  const { graceSeconds } = escalationSteps[0];
  return graceSeconds === undefined ? stopBy(job, cancellation) : requestedAt + graceSeconds * 1000;
};

/** Verifies a stop, or takes the next step after a deadline, or flags it as `not-stopped` after the last. */
export const decideReconcile = (
  job: Job,
  cancellation: Cancellation,
  probe: Probe,
  escalationSteps: EscalationSteps,
  now: Instant,
): Decision<NextCheck> => {
  if (probe.kind === "stopped") return { change: concludeByProbe(job, cancellation, probe, now) };
  // Silence means nothing where the backend has seen the work alive.
  if (probe.kind !== "alive" && isFenced(job, now)) return { change: expire(job, now) };

  const deadline = stepDeadline(job, cancellation, escalationSteps);
  const known = probe.kind === "unknown" ? (probe.until ?? deadline) : deadline;
  if (now < deadline || now < known || cancellation.outcome === "not-stopped")
    return {
      outcome: { checkAt: nextCheckAt(cancellation, deadline, probe, now) },
    };

  const next = escalationSteps[currentStep(cancellation) + 1];
  return { change: next ? escalate(job, cancellation, next, probe, now) : flag(job, probe, deadline, now) };
};

/** 1 s, 2 s, 4 s and so on after the request, at most a minute apart; or when the backend will know. */
const nextCheckAt = (cancellation: Cancellation, deadline: Instant, probe: Probe, now: Instant): Instant => {
  if (probe.kind === "unknown" && probe.until !== undefined)
    return Math.min(Math.max(probe.until, now + minWaitMs), now + maxPromiseMs);
  const waitMs = Math.min(Math.max(now - cancellation.requestedAt, minWaitMs), maxWaitMs);
  return now < deadline ? Math.min(now + waitMs, deadline) : now + waitMs;
};

const concludeByProbe = (
  job: Job,
  { residue }: Cancellation,
  { state, evidence, residue: found = [] }: Extract<Probe, { kind: "stopped" }>,
  now: Instant,
): Change => {
  const at = nextStepAt(job, now);
  const outcome = state === "succeeded" ? "completed-first" : "stopped";
  return {
    when: { uid: job.uid, states: ["stopping"], ...noStepSince(job) },
    set: { state: state === "succeeded" ? "succeeded" : "cancelled", endedAt: at },
    conclude: {
      outcome,
      evidence: { ...evidence, at },
      assurance: assuranceOf[evidence.kind],
      residue: outcome === "stopped" ? [...residue, ...found] : found,
    },
    step: { at, step: evidence.kind, detail: evidence.detail },
    announce: [outcome],
    due: { on: "reconcile", at },
  };
};

const escalate = (
  job: Job,
  cancellation: Cancellation,
  { name, graceSeconds }: EscalationStep,
  { detail }: Extract<Probe, { kind: "alive" | "unknown" }>,
  now: Instant,
): Change => ({
  when: {
    uid: job.uid,
    states: ["stopping"],
    escalationStep: currentStep(cancellation),
    ...noStepSince(job),
  },
  escalation: {
    step: currentStep(cancellation) + 1,
    deadline: now + (graceSeconds ?? job.graceSeconds) * 1000,
  },
  step: { at: nextStepAt(job, now), step: "escalated", detail: `the work did not stop in time${why(detail)}: ${name}` },
  due: { on: "reconcile", at: now + minWaitMs },
});

const why = (detail: string | undefined): string => (detail === undefined ? "" : ` (${detail})`);

const flag = (
  job: Job,
  { kind, detail: seen }: Extract<Probe, { kind: "alive" | "unknown" }>,
  deadline: Instant,
  now: Instant,
): Change => {
  const by = new Date(deadline).toISOString();
  const what =
    kind === "alive" ? `the work was still alive after ${by}` : `nothing proves that the work had stopped by ${by}`;
  const detail = `${what}${why(seen)}`;
  return {
    when: { uid: job.uid, states: ["stopping"], outcome: "stopping", ...noStepSince(job) },
    conclude: { outcome: "not-stopped" },
    step: { at: nextStepAt(job, now), step: "not-stopped", detail },
    announce: ["not-stopped"],
    due: { on: "reconcile", at: now },
  };
};
