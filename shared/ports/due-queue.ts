import type { DueQueueName, Instant, Job } from "../domain/job.ts";
import type { Listening } from "../domain/listening.ts";

export interface ActiveJob extends Pick<Job, "uid" | "owner" | "jobType" | "labels"> {
  /** The time of its start, or of its registration. */
  readonly activeSince: Instant;
}

export interface JobsRead {
  readonly jobs: readonly Job[];
  /** How many more could not be read. Nothing acts on those. */
  readonly unreadable: number;
}

/** Finds the jobs that a scheduled function has to deal with, at a cost that grows with their number alone. */
export interface DueQueue {
  /** Those that have waited longest first. */
  due(queueName: DueQueueName, now: Instant, limit: number): Promise<JobsRead>;
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
