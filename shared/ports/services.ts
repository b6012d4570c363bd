import type { Deadline } from "../concurrency/deadline.ts";
import type { Settings } from "../domain/cleanup-policy.ts";
import type { Instant } from "../domain/job.ts";
import type { ApiProbe } from "./api-probe.ts";
import type { Backends } from "./backend.ts";
import type { CredentialStore } from "./credential-store.ts";
import type { DueQueue } from "./due-queue.ts";
import type { EventBus } from "./event-bus.ts";
import type { JobStore } from "./job-store.ts";
import type { Lockouts } from "./lockouts.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Nonces } from "./nonces.ts";
import type { ReconcileQueue } from "./reconcile-queue.ts";
import type { Secrets } from "./secrets.ts";
import type { SourceQueue } from "./source-queue.ts";

/** Everything with a side effect. A function names what it needs of it in its first line. */
export interface Services {
  readonly jobs: JobStore;
  readonly dueQueue: DueQueue;
  readonly api: ApiProbe;
  /** Read anew when it is a minute old. */
  readonly credentials: () => Promise<CredentialStore>;
  /** Read together with the credentials. */
  readonly settings: () => Promise<Settings>;
  readonly lockouts: Lockouts;
  readonly nonces: Nonces;
  readonly backends: Backends;
  readonly reconcileQueue: ReconcileQueue;
  readonly events: EventBus;
  /** The queue of this very function. */
  readonly sourceQueue: SourceQueue;
  readonly secrets: Secrets;
  readonly clock: { now(): Instant };
  readonly ids: {
    /** An upper-case UUID, as Alibaba Cloud's request ids are. */
    requestId(): string;
    /** A lower-case UUID, for jobs that are registered without an id. */
    jobId(): string;
    writeId(): string;
  };
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Gives services whose calls all end by a deadline. They share connections and caches. */
export type ServicesUntil = (deadline: Deadline) => Services;
