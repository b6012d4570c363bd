import type {
  Announcement,
  Assurance,
  Cancellation,
  CancellationOutcome,
  Contradiction,
  DueQueueName,
  Escalation,
  Evidence,
  Instant,
  Job,
  JobState,
  Step,
} from "./job.ts";

/**
 * One conditional write, as data: what must still hold, and what changes then. Decisions return it, the store carries
 * it out. Nothing here reads the job first, so that deciding again after a lost race is always safe.
 */
export interface Change {
  readonly when: {
    readonly states: readonly JobState[];
    /** Holds for a job that was registered by then, and for the first one of its native id. */
    readonly askedAt?: Instant;
    /** Until when that first one may have been registered; any time where absent. */
    readonly firstBy?: Instant;
    /** The incarnation. Absent only in a first attempt by native identity, before the job was seen. */
    readonly uid?: string;
    /** The last sign of life that the decision saw: a fresher one voids it. */
    readonly heartbeatAt?: Instant;
    /** How far reconciling is: an escalation step is taken, and a job flagged, once. */
    readonly escalationStep?: number;
    readonly outcome?: CancellationOutcome;
    readonly assurance?: Assurance;
    /** How many contradictions are on record. */
    readonly contradictionCount?: number;
    /** Holds unless an incarnation before was to be cancelled by the request of this digest. */
    readonly notFormerDigest?: string;
    /** All that the outbox holds: whoever took something out has told of it, and whoever put something in waits. */
    readonly outbox?: readonly Announcement[];
    readonly jobTypes?: readonly string[];
    /** Holds for jobs without a secret too: there is nothing to compare with. */
    readonly secretHash?: string;
    /** Holds for jobs without an account too. */
    readonly account?: string;
  };
  readonly set?: Partial<Pick<Job, "state" | "startedAt" | "endedAt" | "heartbeatAt" | "error">>;
  /** Makes the cancellation. Only from a state in which there is none. */
  readonly claim?: Cancellation;
  /** Ends the cancellation with its evidence, or flags it as `not-stopped`, without; or replaces the evidence. */
  readonly conclude?: {
    readonly outcome: CancellationOutcome;
    readonly evidence?: Evidence;
    readonly assurance?: Assurance;
    readonly residue?: readonly string[];
  };
  /** Records a sign of life that came after the end, with those that are kept from before. */
  readonly contradict?: {
    readonly assurance: Assurance;
    readonly contradictions: readonly Contradiction[];
    readonly count: number;
  };
  readonly escalation?: Escalation;
  readonly step?: Step;
  /** Keeps the digest of the request that this write is about. */
  readonly requestDigest?: string;
  /** Counts one more request for a cancellation that was made already. */
  readonly repeat?: true;
  /** Puts into the outbox what this very write makes true. */
  readonly announce?: readonly Announcement[];
  /** Takes out of it what the outside has been told. */
  readonly announced?: readonly Announcement[];
  /** Which due queue the job goes into, and when it is due. A job that ends leaves them unless this says so. */
  readonly due?: { readonly on: DueQueueName; readonly at: Instant } | "no-more";
}

/**
 * What to do about a job: write `change` and answer `outcome`. Without a change the answer stands as it is; without an
 * outcome the job is decided about again after the write.
 */
export type Decision<Outcome> =
  | { readonly change?: undefined; readonly outcome: Outcome }
  | { readonly change: Change; readonly outcome: Outcome }
  | { readonly change: Change; readonly outcome?: undefined };
