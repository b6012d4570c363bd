import { keyOfUid } from "../../shared/normalization/job-key.ts";
import { jobKey, jobUid } from "../../shared/normalization/job-key.ts";
import { now } from "./jobs.ts";

/** What stays the same in all worlds of one exploration. */
export interface Setting {
  /** Jobs of DLI are cancelled queued and running, those of DDS only queued. */
  readonly service?: "dli" | "dds";
  readonly jobId?: string;
  /** The job that registrations ask for; running when absent. */
  readonly state?: "queued" | "running";
  readonly leaseSeconds?: number;
  readonly graceSeconds?: number;
  readonly maxRuntimeSeconds?: number;
  /** Worker: has no probe but its heartbeats. Two rungs: answers a probe with anything. */
  readonly backend?: "worker" | "two rungs";
  /** For how long a cancel that came before its job is remembered. */
  readonly tombstoneSeconds?: number;
  /** How many seconds after the start the clean-up had heard nothing yet, for it had not listened. */
  readonly listeningSinceSeconds?: number;
  /** Whether the store, the backend and the bus may fail, before or after they did what they were asked. */
  readonly outages?: true;
}

export const project = "b02ce40e8cb84a8e980fdb11fac657db";

/** Every word of a setting, the usual ones included. */
export const settle = 0;
