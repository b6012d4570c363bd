import { type Job, jobStates } from "./job.ts";

const texts = ["uid", "service", "owner", "jobId", "jobType"] as const;
const numbers = ["registeredAt", "heartbeatAt", "heartbeatTimeoutSeconds", "graceSeconds"] as const;
const numbersIfAny = ["startedAt", "maxRuntimeSeconds", "maxQueuedSeconds", "dueAt"] as const;

/** Checks what the type promises: an item can have been written by another version, or edited by hand. */
export const isValidJob = (job: Job, backendKinds: readonly string[]): boolean =>
  texts.every((name) => typeof job[name] === "string") &&
  numbers.every((name) => Number.isFinite(job[name])) &&
  numbersIfAny.every((name) => job[name] === undefined || Number.isFinite(job[name])) &&
  jobStates.includes(job.state) &&
  backendKinds.includes(job.backend?.kind) &&
  typeof job.labels === "object" &&
  job.labels !== null &&
  (job.outbox === undefined || Array.isArray(job.outbox)) &&
  (job.state !== "stopping" || Number.isFinite(job.cancellation?.requestedAt));
