import { ownRecords } from "./assurance.ts";
import type { Change, Decision } from "./change.ts";
import { expire, isFenced } from "./expiry.ts";
import type { CancelRequest, Instant, Job } from "./job.ts";
import { type CancelTerms, latestFirstRegistration, mayCancel } from "./may-cancel.ts";
import type { CancelOutcome } from "./outcome.ts";
import { isNewDigest } from "./request-digests.ts";

export interface CancelCommand extends CancelRequest, CancelTerms {
  /** Where the reason is the worker's silence: one sign of life voids the command. */
  readonly ifSilent?: boolean;
}

const firstCheckMs = 1000;

/** Claims a job that was not read yet, in the state that its service cancels most. A failed write returns the job to decide from. */
export const decideUnseen = (command: CancelCommand): Decision<CancelOutcome> => ({
  change: command.rules.states.includes("running") ? claimRunning(command) : claimQueued(command),
  outcome: "accepted",
});

export const decideCancel = (job: Job | undefined, command: CancelCommand, now: Instant): Decision<CancelOutcome> => {
  if (job === undefined) return { outcome: "not-found" };
  const outcome = mayCancel(job, command);
  if (outcome === "too-late" && job.cancellation) return { change: countRepeat(job, command), outcome };
  if (outcome === "too-late" && isNewDigest(job, command.requestDigest))
    return { change: keepDigest(job, command.requestDigest), outcome };
  if (outcome !== "accepted") return { outcome };
  if (isFenced(job, now)) return { change: expire(job, now) };
  if (job.state === "stopping") return { change: countRepeat(job, command), outcome };
  return { change: job.state === "queued" ? claimQueued(command, job.uid) : claimRunning(command, job), outcome };
};

const guards = (command: CancelCommand, uid: string | undefined) => ({
  ...(uid === undefined ? guardsOfTime(command) : { uid }),
  ...notFormer(command),
  ...(command.secretHash === undefined ? {} : { secretHash: command.secretHash }),
  ...(command.account === undefined ? {} : { account: command.account }),
  ...(command.rules.jobTypes === undefined ? {} : { jobTypes: command.rules.jobTypes }),
});

/** Another delivery of the same bytes may have found out meanwhile that they mean an earlier incarnation. */
const notFormer = ({ requestDigest }: { readonly requestDigest?: string | undefined }) =>
  requestDigest === undefined ? {} : { notFormerDigest: requestDigest };

/** Which incarnation is meant, where the command does not name it. */
const guardsOfTime = (command: CancelCommand) => {
  const { askedAt } = command;
  const firstBy = latestFirstRegistration(command);
  return {
    ...(askedAt === undefined ? {} : { askedAt }),
    ...(firstBy === undefined ? {} : { firstBy }),
  };
};

const claimRunning = (command: CancelCommand, job?: Job): Change => ({
  when: {
    ...guards(command, job?.uid ?? command.uid),
    ...(job && command.ifSilent ? { heartbeatAt: job.heartbeatAt } : {}),
    states: ["running"],
  },
  set: { state: "stopping" },
  claim: {
    ...requestOf(command),
    outcome: "stopping",
    steps: [requestedStep(command)],
    residue: command.rules.residue,
    repeats: 0,
  },
  ...digestOf(command),
  announce: ["requested"],
  due: { on: "reconcile", at: command.requestedAt + firstCheckMs },
});

const claimQueued = (command: CancelCommand, uid = command.uid): Change => {
  const at = command.requestedAt;
  return {
    when: { ...guards(command, uid), states: ["queued"] },
    set: { state: "cancelled", endedAt: at },
    claim: {
      ...requestOf(command),
      outcome: "stopped",
      evidence: {
        kind: "never-started",
        at,
        witness: ownRecords,
        detail: "the job was queued, and every start is refused from now on",
      },
      assurance: "never-started",
      steps: [requestedStep(command), { at, step: "never-started" }],
      residue: [],
      repeats: 0,
    },
    ...digestOf(command),
    announce: ["requested", "stopped"],
    due: { on: "reconcile", at },
  };
};

const requestedStep = ({ requestedAt }: CancelCommand) => ({ at: requestedAt, step: "stop-requested" });

const digestOf = ({ requestDigest }: Pick<CancelCommand, "requestDigest">) =>
  requestDigest === undefined ? {} : { requestDigest };

const countRepeat = (job: Job, { requestDigest }: CancelCommand): Change => ({
  when: { uid: job.uid, states: [job.state], ...notFormer({ requestDigest }) },
  ...(isNewDigest(job, requestDigest) ? { requestDigest } : {}),
  repeat: true,
});

const keepDigest = ({ uid, state }: Job, requestDigest: string): Change => ({
  when: { uid, states: [state], ...notFormer({ requestDigest }) },
  requestDigest,
});

export const requestOf = ({ trigger, requestedBy, onBehalfOf, reason, requestedAt }: CancelCommand): CancelRequest => ({
  trigger,
  requestedBy,
  ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
  ...(reason === undefined ? {} : { reason }),
  requestedAt,
});
