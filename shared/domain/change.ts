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

/** One conditional write, as data. Decisions return it, the store carries it out. */
export interface Change {
  readonly when: {
    readonly states: readonly JobState[];
    /** Holds for a job that was registered by then, as `isLater` says, and for the first one of its native id. */
    readonly askedAt?: Instant;
    /** Until when that first one may have been registered; any time where absent. */
    readonly firstBy?: Instant;
    /** The incarnation. Absent only in a first attempt by native identity, before the job was seen. */
    readonly uid?: string;
    /** The last sign of life that the decision saw: a fresher one voids it. */
    readonly heartbeatAt?: Instant;
    /** Holds for a job whose last sign of life was earlier. */
    readonly heartbeatBefore?: Instant;
    /** When the job was due, as the decision saw it; null where it was not. */
    readonly dueAt?: Instant | null;
    /** How many steps the decision saw: one that was added since voids it. */
    readonly stepCount?: number;
    readonly escalationStep?: number;
    readonly outcome?: CancellationOutcome;
    readonly assurance?: Assurance;
    readonly contradictionCount?: number;
    /** Holds unless an incarnation before was to be cancelled by the request of this digest. */
    readonly notFormerDigest?: string;
    /** All that the outbox holds, in any order. */
    readonly outbox?: readonly Announcement[];
    readonly jobTypes?: readonly string[];
    /** Holds for jobs without a secret too. */
    readonly secretHash?: string;
    /** Holds for jobs without an account too. */
    readonly account?: string;
  };
  readonly set?: Partial<Pick<Job, "state" | "startedAt" | "endedAt" | "heartbeatAt" | "error">>;
  readonly claim?: Cancellation;
  /** Ends the cancellation with its evidence, or flags it as `not-stopped`, without; or replaces the evidence. */
  readonly conclude?: {
    readonly outcome: CancellationOutcome;
    readonly evidence?: Evidence;
    readonly assurance?: Assurance;
    readonly residue?: readonly string[];
  };
  readonly contradict?: {
    readonly assurance: Assurance;
    readonly contradictions: readonly Contradiction[];
    readonly count: number;
  };
  readonly escalation?: Escalation;
  readonly step?: Step;
  readonly requestDigest?: string;
  readonly formerDigest?: string;
  readonly repeat?: true;
  /** Puts into the outbox what this very write makes true. */
  readonly announce?: readonly Announcement[];
  /** Takes out of it what the outside has been told. */
  readonly announced?: readonly Announcement[];
  /** A job that ends leaves its due queue unless this says otherwise. */
  readonly due?: { readonly on: DueQueueName; readonly at: Instant } | "no-more";
}

/** Write `change` and answer `outcome`. Without an outcome the job is decided about again after the write. */
export type Decision<Outcome> =
  | { readonly change?: undefined; readonly outcome: Outcome }
  | { readonly change: Change; readonly outcome: Outcome }
  | { readonly change: Change; readonly outcome?: undefined };
