import type { DueQueueName, Instant, Job } from "../domain/job.ts";
import type { Listening } from "../domain/listening.ts";

/** An active job as the index of active jobs has it: enough for a selector to judge. */
export interface ActiveJob extends Pick<Job, "uid" | "owner" | "jobType" | "labels"> {
  /** When it started, or when it was registered if it has not started. */
  readonly activeSince: Instant;
}

export interface JobsRead {
  readonly jobs: readonly Job[];
  /** How many more there are that could not be read. What cannot be read is never acted upon. */
  readonly unreadable: number;
}

/** Finds the jobs that a scheduled function has to deal with, at a cost that grows with their number alone. */
export interface DueQueue {
  /** The jobs that are due, those that have waited longest first. */
  due(queueName: DueQueueName, now: Instant, limit: number): Promise<JobsRead>;
  /** The active jobs of a service that have been so since a moment in this range, oldest first within a shard. */
  activeSince(service: string, after: Instant, until: Instant): AsyncIterable<ActiveJob>;
  /** Those of these jobs whose native id no other has taken over. */
  read(uids: readonly string[]): Promise<JobsRead>;
  /** Whether the service has so many active jobs. Counts no further than that. */
  hasActive(services: readonly string[], atLeast: number): Promise<boolean>;
  /** Notes that a run of the cleanup began now, and whether it found the API up; gives when somebody has listened. */
  beginRun(now: Instant, isApiUp: boolean): Promise<Listening>;
  /** How far a scan of this name got: every active job from before is done with. */
  position(scan: string): Promise<Instant>;
  saveCursors(scan: string, to: Instant, now: Instant): Promise<void>;
}
