/** Milliseconds since the epoch. The edges turn it into RFC 3339 text. */
export type Instant = number;

export const jobStates = ["queued", "running", "stopping", "succeeded", "failed", "cancelled"] as const;
export type JobState = (typeof jobStates)[number];

export const terminalStates = ["succeeded", "failed", "cancelled"] as const satisfies readonly JobState[];
export type TerminalState = (typeof terminalStates)[number];
export type ActiveState = Exclude<JobState, TerminalState>;

export const triggers = ["http", "queue", "schedule"] as const;
export type Trigger = (typeof triggers)[number];

/** By what it is known how the work ended. What each kind is worth is in assurance.ts. */
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
  /** Who says so: `principal <name>`, a backend, or Standdown itself where it has only its own records. */
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

/** A sign of life that came after the end was on record. */
export interface Contradiction {
  readonly at: Instant;
  readonly what: string;
}

/**
 * `stopping` while under way. `stopped` and `completed-first` have evidence and are final. `not-stopped` says that the
 * work was still alive when the last deadline had passed: only evidence that comes later takes that back.
 */
export const cancellationOutcomes = ["stopping", "stopped", "completed-first", "not-stopped"] as const;
export type CancellationOutcome = (typeof cancellationOutcomes)[number];

/** What is told to the outside of a cancellation: that it was asked for, how it ended, and what was learned after that. */
export type AnnouncementKind =
  | "requested"
  | Exclude<CancellationOutcome, "stopping">
  /** The assurance went up. */
  | "confirmed"
  | "contradicted";

/** Each is told once; the number tells apart those that can happen more than once. */
export type Announcement = AnnouncementKind | `${"confirmed" | "contradicted"}:${number}`;

/** Which of the two scheduled functions deals with an active job next. */
export type DueQueueName = "cleanup" | "reconcile";

export interface Step {
  readonly at: Instant;
  readonly step: string;
  readonly detail?: string;
}

/** Who asks for a job to stop, and why. */
export interface CancelRequest {
  readonly trigger: Trigger;
  /** The principal that was authenticated. */
  readonly requestedBy: string;
  /** For whom the principal says that it asks. Nobody has checked that. */
  readonly onBehalfOf?: string;
  readonly reason?: string;
  readonly requestedAt: Instant;
}

/** The one effective request to stop a job. Later requests only add to `repeats`. */
export interface Cancellation extends CancelRequest {
  readonly outcome: CancellationOutcome;
  readonly evidence?: Evidence;
  /** How sure it is that the work ended; absent while there is no evidence. */
  readonly assurance?: Assurance;
  /** The signs of life that came after the evidence: the first ones and the last. */
  readonly contradictions?: readonly Contradiction[];
  /** How many there were. */
  readonly contradictionCount?: number;
  /** The escalation step that is being tried, once the first had no effect. */
  readonly escalation?: Escalation;
  readonly steps: readonly Step[];
  /** What stays behind although the work stopped, e.g. documents that were already written. */
  readonly residue: readonly string[];
  readonly repeats: number;
}

/** An escalation step by its number, and the moment by which it should have had its effect. */
export interface Escalation {
  readonly step: number;
  readonly deadline: Instant;
}

/** A cancel that came before its job: while it is kept, no job of this identity may start. */
export interface Tombstone extends CancelRequest {
  readonly account?: string;
  /** Of the secret that the cancel came with: a job of another secret is not the one that was meant. */
  readonly secretHash?: string;
  readonly until: Instant;
}

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
  readonly backend: { readonly kind: string };
  /** The account of whoever registered the job. Principals of another account never see it. */
  readonly account?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The uid of the incarnation before, whose native id this one uses again. */
  readonly supersedes?: string;
  /** Of the signed requests to cancel this incarnation: the same bytes again are the same request. */
  readonly requestDigests?: readonly string[];
  /** Of those to cancel the ones before it. */
  readonly formerDigests?: readonly string[];
  readonly registeredBy: string;
  readonly registeredAt: Instant;
  readonly startedAt?: Instant;
  readonly endedAt?: Instant;
  /** The worker's last sign of life. Its lease ends `heartbeatTimeoutSeconds` later. */
  readonly heartbeatAt: Instant;
  readonly heartbeatTimeoutSeconds: number;
  readonly maxRuntimeSeconds?: number;
  readonly graceSeconds: number;
  /** The job's secret as a scrypt hash; see secret-hash.ts. */
  readonly secretHash?: string;
  readonly error?: string;
  readonly cancellation?: Cancellation;
  /** When a scheduled function should deal with it next; absent when none has to. */
  readonly dueAt?: Instant;
  /** What the outside has not been told yet. */
  readonly outbox?: readonly Announcement[];
}

export const isTerminal = (state: JobState): state is TerminalState => terminalStates.some((each) => each === state);

/** Whether a job belongs to another account than this one. Where either is not known, there is nothing to compare. */
export const isForeign = (job: { readonly account?: string | undefined }, account: string | undefined): boolean =>
  account !== undefined && job.account !== undefined && account !== job.account;

/** The moment at which the worker loses its lease unless it reports again. */
export const leaseExpiresAt = (job: Pick<Job, "heartbeatAt" | "heartbeatTimeoutSeconds">): Instant =>
  job.heartbeatAt + job.heartbeatTimeoutSeconds * 1000;

/** The moment by which a worker that was told to stop should have stopped. */
export const stopBy = (job: Pick<Job, "graceSeconds">, request: Pick<CancelRequest, "requestedAt">): Instant =>
  request.requestedAt + job.graceSeconds * 1000;
