import type { Change } from "../domain/change.ts";
import type { Job, Tombstone } from "../domain/job.ts";

/** What a conditional write found: it applied and this is the job now, or it did not and this is the job as it stands. */
export type Written =
  | { readonly applied: true; readonly job: Job }
  | { readonly applied: false; readonly job: Job | undefined };

/** How a registration ended. */
export type Registered =
  | { readonly registered: true; readonly job: Job; readonly tombstone?: undefined }
  /** The incarnation before is still active. */
  | { readonly registered: false; readonly job: Job; readonly tombstone?: undefined }
  /** A cancel came first. */
  | { readonly registered: false; readonly job?: undefined; readonly tombstone: Tombstone };

export type Ownership = Pick<Job, "uid" | "service" | "owner" | "account">;

export interface ListQuery {
  /** One service after the other, in this order. */
  readonly services: readonly string[];
  readonly owner?: string;
  readonly limit: number;
  readonly cursor?: string;
  readonly keep: (job: Job) => boolean;
}

export interface JobPage {
  readonly jobs: readonly Job[];
  readonly cursor?: string;
}

/**
 * Where jobs live. A `key` is the digest of a native identity and leads to its newest incarnation; a `uid` leads to
 * one incarnation, however old. Throws {@link StoreThrottled} or {@link StoreUnavailable} when it cannot tell.
 */
export interface JobStore {
  /**
   * Writes a new incarnation, unless the one before is still active or a cancel came first: then nothing is written,
   * and what stands there is returned. The same `registration` again gives what it gave at first.
   */
  register(job: Job, registration: string): Promise<Registered>;
  /**
   * Remembers a cancel that came before its job. Where a job stands by now, ended or not, nothing is written and that
   * one returned; a tombstone that stands already is kept as it is.
   */
  putTombstone(key: string, tombstone: Tombstone): Promise<Job | undefined>;
  /** One conditional write to the newest incarnation. Safe to send twice: a write that arrived twice applies once. */
  change(key: string, change: Change): Promise<Written>;
  /** The same for one incarnation, also where a newer one has taken its place. */
  changeIncarnation(uid: string, change: Change): Promise<Written>;
  get(uid: string): Promise<Job | undefined>;
  /** The newest incarnation, read in one step, as it is after every write that was answered. */
  newest(key: string): Promise<Job | undefined>;
  /** Whose job this is. That never changes, so it is remembered: a heartbeat needs no read of its own. */
  ownership(uid: string): Promise<Ownership | undefined>;
  /** Newest first within a service and owner. */
  list(query: ListQuery): Promise<JobPage>;
}

/** The store asked for less traffic, after as many attempts as a request can afford. */
export class StoreThrottled extends Error {
  override readonly name = "StoreThrottled";
  readonly retryAfterMs = 1000;
}

/** The store could not be reached or did not answer in time. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/** The cursor is none that {@link JobStore.list} gave out for this query. */
export class InvalidCursor extends Error {
  override readonly name = "InvalidCursor";
}
