/** Milliseconds since the epoch. The edges turn it into RFC 3339 text. */
export type Instant = number;

export const jobStates = ["queued", "running", "stopping", "succeeded", "failed", "cancelled"] as const;
export type JobState = (typeof jobStates)[number];

export const terminalStates = ["succeeded", "failed", "cancelled"] as const satisfies readonly JobState[];
export type TerminalState = (typeof terminalStates)[number];
export type ActiveState = Exclude<JobState, TerminalState>;

export const triggers = ["http", "queue", "schedule"] as const;
export type Trigger = (typeof triggers)[number];

/** What each kind is worth is in assurance.ts. */
export const evidenceKinds = [
  "process-gone",
  "session-gone",
  "provider-witnessed",
  "start-refused",
  "provider-reported",
  "supervisor-reported",
  "worker-acknowledged",
  "never-started",
  "lease-expired",
] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

export interface Evidence {
  readonly kind: EvidenceKind;
  readonly at: Instant;
  /** `principal <name>`, a backend, or `standdown`. */
  readonly witness: string;
  readonly detail: string;
}

/** How sure a receipt is that the work has ended. */
export const assurances = [
  "observed",
  "reported",
  "acknowledged",
  "never-started",
  "presumed",
  "contradicted",
] as const;
export type Assurance = (typeof assurances)[number];

export interface Contradiction {
  readonly at: Instant;
  readonly what: string;
}

/** `not-stopped`: the work was still alive after the last deadline. Only later evidence changes it. */
export const cancellationOutcomes = ["stopping", "stopped", "completed-first", "not-stopped"] as const;
export type CancellationOutcome = (typeof cancellationOutcomes)[number];

/** What is published of a cancellation. */
export type AnnouncementKind = "requested" | Exclude<CancellationOutcome, "stopping"> | "confirmed" | "contradicted";

/** The number tells apart those that can happen more than once. */
export type Announcement = AnnouncementKind | `${"confirmed" | "contradicted"}:${number}`;

export type DueQueueName = "cleanup" | "reconcile";

export interface Step {
  readonly at: Instant;
  readonly step: string;
  readonly detail?: string;
}

export interface CancelRequest {
  readonly trigger: Trigger;
  /** The principal that was authenticated. */
  readonly requestedBy: string;
  /** Claimed by the principal, and not checked. */
  readonly onBehalfOf?: string;
  readonly reason?: string;
  readonly requestedAt: Instant;
}

export interface Cancellation extends CancelRequest {
  readonly outcome: CancellationOutcome;
  readonly evidence?: Evidence;
  /** Absent while there is no evidence. */
  readonly assurance?: Assurance;
  readonly contradictions?: readonly Contradiction[];
  readonly contradictionCount?: number;
  /** Absent during the first step. */
  readonly escalation?: Escalation;
  readonly steps: readonly Step[];
  /** What stays behind although the work stopped, e.g. documents that were already written. */
  readonly residue: readonly string[];
  readonly repeats: number;
}

export interface Escalation {
  readonly step: number;
  readonly deadline: Instant;
}

/** A cancel that came before its job. */
export interface Tombstone extends CancelRequest {
  readonly account?: string;
  readonly secretHash?: string;
  readonly until: Instant;
  /** The last cancel that came while this one stood. */
  readonly latest?: CancelRequest;
}

/** What two cancels that came before their job promise together: the first one's request, for as long as either holds. */
export const joinTombstones = (standing: Tombstone, next: Tombstone): Tombstone => {
  const { trigger, requestedBy, onBehalfOf, reason, requestedAt } = next;
  const isSame = standing.requestedAt === requestedAt && standing.requestedBy === requestedBy;
  const latest = {
    trigger,
    requestedBy,
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(reason === undefined ? {} : { reason }),
    requestedAt,
  };
  return { ...standing, until: Math.max(standing.until, next.until), ...(isSame ? {} : { latest }) };
};

/** One incarnation of a job. A native id that is used again after its job ended is another incarnation. */
export interface Job {
  /** A ULID: its time is the registration's, its random part the digest of the native identity (docs/decisions/0003). */
  readonly uid: string;
  readonly service: string;
  readonly scope: Readonly<Record<string, string>>;
  /** The project, instance or workspace that owns the job: the unit of authorization. */
  readonly owner: string;
  readonly jobId: string;
  readonly jobType: string;
  readonly state: JobState;
  /** By what its work can be stopped; the kinds are those of the registry of backends. */
  readonly backend: {
    readonly kind: string;
    /** Where its work runs, and what nothing of it can leave. */
    readonly host?: string;
    readonly containment?: string;
  };
  /** Principals of another account never see the job. */
  readonly account?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The uid of the incarnation before. */
  readonly supersedes?: string;
  /** When that one had ended. */
  readonly formerEndedAt?: Instant;
  readonly requestDigests?: readonly string[];
  readonly formerDigests?: readonly string[];
  readonly registeredBy: string;
  readonly registeredAt: Instant;
  readonly startedAt?: Instant;
  readonly endedAt?: Instant;
  /** The worker's last sign of life. Its lease ends `heartbeatTimeoutSeconds` later. */
  readonly heartbeatAt: Instant;
  readonly heartbeatTimeoutSeconds: number;
  readonly maxRuntimeSeconds?: number;
  /** How long it may wait for its start. */
  readonly maxQueuedSeconds?: number;
  readonly graceSeconds: number;
  /** The job's secret as a scrypt hash; see secret-hash.ts. */
  readonly secretHash?: string;
  readonly error?: string;
  readonly cancellation?: Cancellation;
  /** When a scheduled function should deal with it next. */
  readonly dueAt?: Instant;
  readonly outbox?: readonly Announcement[];
  /** Whether the store counts it: its provider's list says how many there are. */
  readonly counted?: true;
}

/** How long a job is kept after its end. */
export const retentionMs = 90 * 86_400_000;

export const isTerminal = (state: JobState): state is TerminalState => terminalStates.some((each) => each === state);

/** Whether a job belongs to another account. An unknown account is foreign to none. */
export const isForeign = (job: { readonly account?: string | undefined }, account: string | undefined): boolean =>
  account !== undefined && job.account !== undefined && account !== job.account;

export const leaseExpiresAt = (job: Pick<Job, "heartbeatAt" | "heartbeatTimeoutSeconds">): Instant =>
  job.heartbeatAt + job.heartbeatTimeoutSeconds * 1000;

export const stopBy = (job: Pick<Job, "graceSeconds">, request: Pick<CancelRequest, "requestedAt">): Instant =>
  request.requestedAt + job.graceSeconds * 1000;

/** The condition that no step was added to a cancellation since: their number is its version. */
export const noStepSince = ({ cancellation }: Pick<Job, "cancellation">): { readonly stepCount?: number } =>
  cancellation === undefined ? {} : { stepCount: cancellation.steps.length };

/** When the next step is: another function's clock may have been ahead, and no step is earlier than the one before it. */
export const nextStepAt = ({ cancellation }: Pick<Job, "cancellation">, now: Instant): Instant =>
  Math.max(now, cancellation?.steps.at(-1)?.at ?? now);
