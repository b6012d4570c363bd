import type { Change } from "../domain/change.ts";
import type { Instant, Job, JobState, Tombstone } from "../domain/job.ts";
import type { LabelFilter } from "../domain/labels.ts";

/** The job is the one after the write, or the one that made its condition fail. */
export type Written =
  | { readonly applied: true; readonly job: Job }
  | { readonly applied: false; readonly job: Job | undefined };

export type Registered =
  | { readonly registered: true; readonly job: Job; readonly tombstone?: undefined }
  /** The incarnation before is still active, or its id is another account's as long as it is remembered. */
  | { readonly registered: false; readonly job: Job; readonly tombstone?: undefined }
  /** A cancel came first. */
  | { readonly registered: false; readonly job?: undefined; readonly tombstone: Tombstone };

export type Ownership = Pick<Job, "uid" | "service" | "scope" | "owner" | "account">;

/** What narrows a list says what need not be read; `keep` decides. */
export interface ListQuery {
  readonly services: readonly string[];
  readonly owner?: string | undefined;
  readonly state?: JobState | undefined;
  readonly label?: LabelFilter | undefined;
  readonly jobId?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly keep: (job: Job) => boolean;
}

/** Which of an owner's counted jobs: those that are active, and those that ended since the second of a time. */
export interface CountQuery {
  readonly service: string;
  readonly owner: string;
  /** Counts its own and those of no account; without one those of all. */
  readonly account?: string | undefined;
  readonly states?: readonly JobState[] | undefined;
  readonly jobType?: string | undefined;
  readonly endedSince: Instant;
}

export interface JobPage {
  readonly jobs: readonly Job[];
  readonly cursor?: string;
}

/** A `key` leads to the newest incarnation of a native identity, a `uid` to one incarnation. Throws {@link StoreThrottled} or {@link StoreUnavailable}. */
export interface JobStore {
  /** Writes a new incarnation, unless the one before is active or of another account, or a tombstone stands: then that one is returned. The same `registration` again gives the same job, for a day after another has taken its place if it is a keyed one. */
  register(job: Job, registration: string): Promise<Registered>;
  /** Remembers a cancel that came before its job. Returns the job where one stands by now, ended or not. One that stands is kept, and holds for as long as the later of both. */
  putTombstone(key: string, tombstone: Tombstone): Promise<Job | undefined>;
  /** Writes to the newest incarnation. A write that arrives twice applies once. */
  change(key: string, change: Change): Promise<Written>;
  /** The same for one incarnation, also where a newer one has taken its place. */
  changeIncarnation(uid: string, change: Change): Promise<Written>;
  get(uid: string): Promise<Job | undefined>;
  /** Reads consistently. */
  newest(key: string): Promise<Job | undefined>;
  /**
   * Never changes, so that it can be remembered. Of a job that the caller may not touch it gives nothing, after the same
   * reads as for one that does not exist: the time that it takes tells nothing either.
   */
  ownership(uid: string, mayTouch: (job: Ownership) => boolean): Promise<Ownership | undefined>;
  /**
   * Newest first within a service and owner. One page reads what it shows, and at most about a thousand entries of an
   * index where a filter leaves little: then it may have fewer jobs than asked for, and a cursor.
   */
  list(query: ListQuery): Promise<JobPage>;
  /** Counts the newest jobs of their ids, of those with `counted`. It takes as long for many as for few. */
  count(query: CountQuery): Promise<number>;
}

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
