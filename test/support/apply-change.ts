import type { Change } from "../../shared/cancellation/change.ts";
import type { Job } from "../../shared/cancellation/job.ts";

/** What the store makes of a change, as a pure function: the job after it, or undefined where its condition fails. */
export const applyChange = (job: Job, { when, set, claim, conclude, step, repeat }: Change): Job | undefined => {
  const holds =
    when.states.includes(job.state) &&
    (when.uid === undefined || when.uid === job.uid) &&
    (when.heartbeatAt === undefined || when.heartbeatAt === job.heartbeatAt) &&
    (when.jobTypes === undefined || when.jobTypes.includes(job.jobType)) &&
    (when.secretHash === undefined || job.secretHash === undefined || when.secretHash === job.secretHash) &&
    (when.account === undefined || job.account === undefined || when.account === job.account);
  if (!holds) return undefined;

  const before = claim ?? job.cancellation;
  const cancellation = before && {
    ...before,
    ...(conclude && { outcome: conclude.outcome, evidence: conclude.evidence }),
    ...(conclude?.residue && { residue: conclude.residue }),
    steps: step ? [...before.steps, step] : before.steps,
    repeats: before.repeats + (repeat ? 1 : 0),
  };
  return { ...job, ...set, ...(cancellation && { cancellation }) };
};
