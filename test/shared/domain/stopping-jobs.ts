import type { Decision } from "../../../shared/domain/change.ts";
import {
  decideReconcile,
  type EscalationSteps,
  type NextCheck,
  type Probe,
} from "../../../shared/domain/decide-reconcile.ts";
import type { Cancellation, Job, TerminalState } from "../../../shared/domain/job.ts";
import { aJob, now } from "../../support/stack/jobs.ts";

export const seconds = 1000;
/** In seconds. */
export const grace = 30;
export const afterGrace = now + grace * seconds;

export const escalationSteps: EscalationSteps = [
  { name: "ask" },
  { name: "kill the process", graceSeconds: 10 },
  { name: "kill the machine" },
];

/** A job whose work was told to stop, on the first step and with a worker that is heard, unless told otherwise. */
export const stopping = (given: Partial<Cancellation> = {}, of: Partial<Job> = {}) => {
  const cancellation: Cancellation = {
    trigger: "http",
    requestedBy: "ops",
    requestedAt: now,
    outcome: "stopping",
    steps: [{ at: now, step: "stop-requested" }],
    residue: ["half a table"],
    repeats: 0,
    ...given,
  };
  const job = aJob({ state: "stopping", graceSeconds: grace, heartbeatTimeoutSeconds: 86_400, cancellation, ...of });
  return { job, cancellation };
};

export const decide = (
  given: ReturnType<typeof stopping>,
  probe: Probe,
  at: number,
  on: EscalationSteps = escalationSteps,
): Decision<NextCheck> => decideReconcile(given.job, given.cancellation, probe, on, at);

export const stopped = (state: TerminalState): Probe => ({
  kind: "stopped",
  state,
  evidence: { kind: "provider-reported", witness: "the backend", detail: `the backend says ${state}` },
});
