import type { Change, Decision } from "./change.ts";
import { expire, isFenced } from "./expiry.ts";
import { type ActiveState, type CancelRequest, type Instant, isForeign, type Job } from "./job.ts";

/** What a service lets be cancelled, as documented by its provider. */
export interface CancelRules {
  readonly states: readonly Exclude<ActiveState, "stopping">[];
  readonly jobTypes: readonly string[];
  /** What stays behind when a job of this service is stopped. */
  readonly residue: readonly string[];
}

/** A request to cancel, past all spelling of a provider. */
export interface CancelCommand extends CancelRequest {
  readonly rules: CancelRules;
  /** Set by the caller who names one incarnation; absent when the job is named by its native identity. */
  readonly uid?: string;
  /** When the job was named by its native identity: a job that has taken that over since then is not meant. */
  readonly askedAt?: Instant;
  readonly secretHash?: string;
  readonly account?: string;
  /** Where the reason is the worker's silence: one sign of life voids the command. */
  readonly ifSilent?: true;
  /** Through whom the request came, where `requestedBy` does not say it. */
  readonly via?: string;
}

export type CancelVerdict = "accepted" | "too-late" | "not-found" | "wrong-secret" | "unsupported-type";

/** How long after the claim the follow-up looks for the first time. */
const firstCheckMs = 1000;

/**
 * The first attempt, before the job was seen: it is taken to be in the state that this service's jobs are cancelled in
 * most. When that holds, a cancel is one write; when not, the failed write returns the job to decide from.
 */
export const decideUnseen = (command: CancelCommand): Decision<CancelVerdict> => ({
  change: command.rules.states.includes("running") ? claimRunning(command) : claimQueued(command),
  outcome: "accepted",
});

/** Decides about a job as it is now. The order of checks is the providers': existence, secret, type, state. */
export const decideCancel = (job: Job | undefined, command: CancelCommand, now: Instant): Decision<CancelVerdict> => {
  if (job === undefined || isAnother(job, command)) return { outcome: "not-found" };
  if (job.secretHash !== undefined && command.secretHash !== undefined && job.secretHash !== command.secretHash)
    return { outcome: "wrong-secret" };
  if (!command.rules.jobTypes.includes(job.jobType)) return { outcome: "unsupported-type" };
  if (isFenced(job, now)) return { change: expire(job, now) };

  switch (job.state) {
    case "queued":
      return { change: claimQueued(command, job.uid), outcome: "accepted" };
    case "running":
      if (!command.rules.states.includes("running")) return { outcome: "too-late" };
      return { change: claimRunning(command, job), outcome: "accepted" };
    case "stopping":
      return { change: countRepeat(job), outcome: "accepted" };
    case "succeeded":
    case "failed":
    case "cancelled":
      return job.cancellation ? { change: countRepeat(job), outcome: "too-late" } : { outcome: "too-late" };
    default:
      throw new Error(`unknown state ${job.state satisfies never}`);
  }
};

/** Another account's job, or another incarnation than the one meant, is no job at all to this caller. */
const isAnother = (job: Job, command: CancelCommand): boolean =>
  (command.uid !== undefined && command.uid !== job.uid) || isForeign(job, command.account) || isLater(job, command);

/** Whether a job has taken over its native id after the cancel was asked for, so that the one before it is meant. */
export const isLater = ({ supersedes, registeredAt }: Job, { askedAt }: Pick<CancelCommand, "askedAt">): boolean =>
  supersedes !== undefined && askedAt !== undefined && registeredAt > askedAt;

const guards = ({ rules, askedAt, secretHash, account }: CancelCommand, uid: string | undefined) => ({
  ...(uid === undefined ? {} : { uid }),
  ...(uid !== undefined || askedAt === undefined ? {} : { askedAt }),
  ...(secretHash === undefined ? {} : { secretHash }),
  ...(account === undefined ? {} : { account }),
  jobTypes: rules.jobTypes,
});

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
      evidence: { kind: "never-started", at, detail: "the job was still queued and can no longer start" },
      steps: [requestedStep(command), { at, step: "never-started" }],
      residue: [],
      repeats: 0,
    },
    announce: ["requested", "stopped"],
    due: { on: "reconcile", at },
  };
};

const requestedStep = ({ requestedAt, via }: CancelCommand) => ({
  at: requestedAt,
  step: "stop-requested",
  ...(via === undefined ? {} : { detail: via }),
});

const countRepeat = (job: Job): Change => ({ when: { uid: job.uid, states: [job.state] }, repeat: true });

export const requestOf = ({ trigger, requestedBy, reason, requestedAt }: CancelCommand): CancelRequest => ({
  trigger,
  requestedBy,
  ...(reason === undefined ? {} : { reason }),
  requestedAt,
});
