import type { Job } from "../../../shared/domain/job.ts";
import { jobKey, jobUid } from "../../../shared/domain/job-key.ts";
import { cleanupDueAt } from "../../../shared/domain/staleness.ts";

/** 2026-11-22T10:00:00Z */
export const now = 1_795_341_600_000;

let serial = 0;

/** A running SQL job, as the store has it, unless told otherwise. Each has a native id of its own. */
export const aJob = (given: Partial<Job> = {}): Job => {
  const {
    service = "dli",
    jobId = `job-${++serial}`,
    registeredAt = now,
    owner = "b02ce40e8cb84a8e980fdb11fac657db",
  } = given;
  const job: Job = {
    uid: jobUid(registeredAt, jobKey(service, [owner], jobId)),
    service,
    scope: { projectId: owner },
    owner,
    jobId,
    jobType: "QUERY",
    state: "running",
    backend: { kind: "worker" },
    labels: {},
    registeredBy: "worker",
    registeredAt,
    startedAt: registeredAt,
    heartbeatAt: registeredAt,
    heartbeatTimeoutSeconds: 60,
    graceSeconds: 30,
    ...given,
  };
  return job.state === "running" || job.state === "queued" ? { dueAt: cleanupDueAt(job), ...job } : job;
};

/** One whose cancel was just claimed. */
export const aStoppingJob = (requestedAt: number, given: Partial<Job> = {}): Job =>
  aJob({
    state: "stopping",
    cancellation: {
      trigger: "http",
      requestedBy: "ops",
      requestedAt,
      outcome: "stopping",
      steps: [{ at: requestedAt, step: "stop-requested" }],
      residue: [],
      repeats: 0,
    },
    ...given,
  });
