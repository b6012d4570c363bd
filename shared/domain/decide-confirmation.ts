import { assuranceOf, confirm, contradict, isStronger } from "./assurance.ts";
import type { Decision } from "./change.ts";
import type { NextCheck, Probe } from "./decide-reconcile.ts";
import { type Cancellation, type Instant, type Job, stopBy } from "./job.ts";

/** Whether a cancellation ended by what the work said, which a witness can still confirm. */
export const isOnlySaid = ({ outcome, assurance }: Cancellation): boolean =>
  outcome === "stopped" && assurance === assuranceOf["worker-acknowledged"];

const againMs = 1_000;

/** Lets a witness confirm the end that the work itself reported, or contradict it once the work had its time to be gone. */
export const decideConfirmation = (
  job: Job,
  cancellation: Cancellation,
  probe: Probe,
  now: Instant,
): Decision<NextCheck | undefined> => {
  const { assurance = "presumed", residue } = cancellation;
  if (probe.kind === "stopped") {
    const { evidence, residue: found = [] } = probe;
    return isStronger(evidence.kind, assurance)
      ? { change: confirm(job, cancellation, { ...evidence, at: now }, [...residue, ...found]) }
      : { outcome: undefined };
  }
  const hadItsTime = now >= Math.max(stopBy(job, cancellation), (job.endedAt ?? now) + againMs);
  if (!hadItsTime) return { outcome: { checkAt: now + againMs } };
  return probe.kind === "alive"
    ? {
        change: contradict(
          job,
          cancellation,
          `the witness${probe.detail ? `: ${probe.detail}` : " saw it alive"}`,
          now,
        ),
      }
    : { outcome: undefined };
};
