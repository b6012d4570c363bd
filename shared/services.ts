import type { Directory } from "./auth/directory.ts";
import type { Lockouts, Nonces } from "./auth/lockouts.ts";
import type { Backends } from "./backends/backend.ts";
import type { Instant } from "./cancellation/job.ts";
import type { Settings } from "./config/settings.ts";
import type { EventBus } from "./events/event-bus.ts";
import type { Log } from "./observability/log.ts";
import type { Metrics } from "./observability/metrics.ts";
import type { FollowUps } from "./queue/follow-ups.ts";
import type { Inbox } from "./queue/inbox.ts";
import type { Passwords } from "./queue/passwords.ts";
import type { JobStore } from "./store/job-store.ts";
import type { Worklists } from "./store/worklists.ts";

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
