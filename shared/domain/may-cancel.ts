import { queueSkewMs } from "./clock-skew.ts";
import { type ActiveState, type Instant, isForeign, type Job } from "./job.ts";
import type { CancelOutcome } from "./outcome.ts";
import { isFormerDigest } from "./request-digests.ts";

/** What a service lets be cancelled, as documented by its provider. */
export interface CancelRules {
  readonly states: readonly Exclude<ActiveState, "stopping">[];
  /** All when absent. */
  readonly jobTypes?: readonly string[];
  /** What stays behind when a job of this service is stopped. */
  readonly residue: readonly string[];
}

export interface CancelTerms {
  readonly rules: CancelRules;
  /** Absent when the job is named by its native identity. */
  readonly uid?: string;
  /** A job that was registered since then is not meant. */
  readonly askedAt?: Instant;
  /** Whether a job is meant although it was first registered after that. */
  readonly beforeJob?: boolean;
  /** Of the signed request: the same bytes again never cancel another incarnation. */
  readonly requestDigest?: string;
  readonly secretHash?: string;
  readonly account?: string;
}

/** Says whether a job may be cancelled now: the one rule for every trigger. The checks are in the order of the providers. */
export const mayCancel = (job: Job, terms: CancelTerms): CancelOutcome => {
  if (isAnother(job, terms)) return "not-found";
  const { rules, secretHash } = terms;
  if (job.secretHash !== undefined && secretHash !== undefined && job.secretHash !== secretHash) return "wrong-secret";
  if (rules.jobTypes && !rules.jobTypes.includes(job.jobType)) return "unsupported-type";
  switch (job.state) {
    case "queued":
    case "stopping":
      return "accepted";
    case "running":
      return rules.states.includes("running") ? "accepted" : "too-late";
    case "succeeded":
    case "failed":
    case "cancelled":
      return "too-late";
    default:
      throw new Error(`unknown state ${job.state satisfies never}`);
  }
};

const isAnother = (job: Job, terms: CancelTerms): boolean =>
  (terms.uid !== undefined && terms.uid !== job.uid) ||
  isForeign(job, terms.account) ||
  isMeantForEarlier(job, terms) ||
  isOlderThanJob(job, terms);

/** Whether an incarnation before this one is meant: by what was asked when, or by the very bytes of the request. */
export const isMeantForEarlier = (job: Job, terms: Pick<CancelTerms, "askedAt" | "requestDigest">): boolean =>
  isLater(job, terms) || isFormerDigest(job, terms.requestDigest);

/** The latest first registration of a job that a request of this moment means. */
export const latestFirstRegistration = ({
  askedAt,
  beforeJob,
}: Pick<CancelTerms, "askedAt" | "beforeJob">): Instant | undefined =>
  askedAt === undefined || beforeJob ? undefined : askedAt + queueSkewMs;

const isOlderThanJob = ({ registeredAt }: Job, terms: CancelTerms): boolean =>
  registeredAt > (latestFirstRegistration(terms) ?? Number.POSITIVE_INFINITY);

/**
 * Whether a job has taken over its native id after the cancel was asked for, so that the one before it is meant. The two
 * times come from two clocks: a job that seems a little younger than the cancel is meant where the one before it had
 * ended well before.
 */
export const isLater = (job: Job, { askedAt }: Pick<CancelTerms, "askedAt">): boolean => {
  const { supersedes, registeredAt, formerEndedAt = Number.POSITIVE_INFINITY } = job;
  if (supersedes === undefined || askedAt === undefined || registeredAt <= askedAt) return false;
  return registeredAt > askedAt + queueSkewMs || formerEndedAt > askedAt - queueSkewMs;
};
