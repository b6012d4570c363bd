import type { DueQueueName, Instant, Job } from "../domain/job.ts";
import type { Listening } from "../domain/listening.ts";

export interface ActiveJob extends Pick<Job, "uid" | "owner" | "jobType"> {
  /** Absent where only the job itself tells. */
  readonly labels?: Job["labels"];
  /** The time of its start, or of its registration. */
  readonly activeSince: Instant;
}

export interface JobsRead {
  readonly jobs: readonly Job[];
  /** What more there is that no job can be read from, by its uid or what it has instead. Nothing acts on those. */
  readonly unreadable: readonly string[];
}

/** Where a page ended. Only the queue that gave it can read it. */
export type DueCursor = Readonly<Record<string, unknown>>;

export interface DuePage extends JobsRead {
  /** Why parts of the queue could not be read. What is in them stays due. */
  readonly failures: readonly unknown[];
  /** Absent where nothing more was due. */
  readonly next?: DueCursor;
}

/** Finds the jobs that a scheduled function has to deal with, at a cost that grows with their number alone. */
export interface DueQueue {
  /**
   * Gives a page of those that have waited longest. What is unreadable is put off, each time for longer, so that it does
   * not stay in front. Throws {@link StoreThrottled} or {@link StoreUnavailable} where nothing at all can be read.
   */
  due(queueName: DueQueueName, now: Instant, limit: number, after?: DueCursor): Promise<DuePage>;
  /** Oldest first within a shard. */
  activeSince(service: string, after: Instant, until: Instant): AsyncIterable<ActiveJob>;
  /** Leaves out jobs that were superseded. */
  read(uids: readonly string[]): Promise<JobsRead>;
  /** Counts no further than `atLeast`. */
  hasActive(services: readonly string[], atLeast: number): Promise<boolean>;
  /** Notes that a run of the cleanup began, and whether it found the API up. */
  beginRun(now: Instant, isApiUp: boolean): Promise<Listening>;
  /** How far a scan got: every active job from before is done with. */
  position(scan: string): Promise<Instant>;
  saveCursors(scan: string, to: Instant, now: Instant): Promise<void>;
}
