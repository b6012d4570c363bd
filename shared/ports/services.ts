import type { Settings } from "../domain/cleanup-policy.ts";
import type { Instant } from "../domain/job.ts";
import type { Backends } from "./backend.ts";
import type { Directory } from "./credential-store.ts";
import type { Worklists } from "./due-queue.ts";
import type { EventBus } from "./event-bus.ts";
import type { JobStore } from "./job-store.ts";
import type { Lockouts } from "./lockouts.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Nonces } from "./nonces.ts";
import type { FollowUps } from "./reconcile-queue.ts";
import type { Passwords } from "./secrets.ts";
import type { Inbox } from "./source-queue.ts";

/** Everything with a side effect. A function names what it needs of it in its first line. */
export interface Services {
  readonly jobs: JobStore;
  readonly worklists: Worklists;
  /** Who may come in; read anew when it is a minute old. */
  readonly directory: () => Promise<Directory>;
  /** What else the configuration says; read together with it. */
  readonly settings: () => Promise<Settings>;
  readonly lockouts: Lockouts;
  readonly nonces: Nonces;
  readonly backends: Backends;
  readonly followUps: FollowUps;
  readonly events: EventBus;
  /** The queue of this very function. */
  readonly inbox: Inbox;
  readonly passwords: Passwords;
  readonly clock: { now(): Instant };
  readonly ids: {
    /** An upper-case UUID, as Alibaba Cloud's request ids are; good for all others too. */
    requestId(): string;
    /** A lower-case UUID, for jobs that are registered without an id. */
    jobId(): string;
    writeId(): string;
  };
  readonly log: Log;
  readonly metrics: Metrics;
}
