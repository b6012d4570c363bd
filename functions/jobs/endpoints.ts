import { cancelJob } from "./cancel-job.ts";
import type { Endpoint } from "./endpoint.ts";
import { findReceipt } from "./find-receipt.ts";
import { finishJob } from "./finish-job.ts";
import { getJob } from "./get-job.ts";
import { getReceipt } from "./get-receipt.ts";
import { heartbeat } from "./heartbeat.ts";
import { listJobs } from "./list-jobs.ts";
import { registerJob } from "./register-job.ts";

/** The job API. A new endpoint is a file and a line here. */
export const endpoints: readonly Endpoint[] = [
  registerJob,
  listJobs,
  getJob,
  heartbeat,
  finishJob,
  cancelJob,
  getReceipt,
  findReceipt,
];
