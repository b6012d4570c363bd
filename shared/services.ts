import type { Directory } from "./auth/directory.ts";
import type { Lockouts, Nonces } from "./auth/lockouts.ts";
import type { Backends } from "./backends/backend.ts";
import type { Instant } from "./cancellation/job.ts";
import type { Log } from "./observability/log.ts";
import type { JobStore } from "./store/job-store.ts";

/** Everything with a side effect. A function names what it needs of it in its first line. */
export interface Services {
  readonly jobs: JobStore;
  /** Who may come in; read anew when it is a minute old. */
  readonly directory: () => Promise<Directory>;
  readonly lockouts: Lockouts;
  readonly nonces: Nonces;
  readonly backends: Backends;
  readonly clock: { now(): Instant };
  readonly ids: {
    /** An upper-case UUID, as Alibaba Cloud's request ids are; good for all others too. */
    requestId(): string;
    /** A lower-case UUID, for jobs that are registered without an id. */
    jobId(): string;
    writeId(): string;
  };
  readonly log: Log;
}
