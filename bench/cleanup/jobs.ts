import type { ConfigDocument } from "../../shared/config/document-schema.ts";
import type { Instant, Job } from "../../shared/domain/job.ts";
import { postpone } from "../../shared/domain/staleness.ts";
import { aJob } from "../../test/support/stack/jobs.ts";

const maxRuntimeSeconds = 3600;
const hourMs = 3_600_000;
/** The default. A worker beats three times in a lease. */
const heartbeatTimeoutSeconds = 300;
const beatMs = 100_000;

/** The first policy scans the active jobs of a service, the second is asked by the index of due jobs. */
export const config: ConfigDocument = {
  principals: [
    { name: "cleanup", triggers: ["schedule"], policies: [{ effect: "allow", actions: ["*"], resources: ["*"] }] },
  ],
  cleanup: {
    policies: [
      {
        name: "spot",
        service: "dli",
        selector: { labels: { tier: "spot" } },
        maxRuntimeSeconds,
        action: "cancel",
        // Never exceeded here, but it has to be counted each time.
        maxFractionOfActive: 0.5,
      },
      { name: "max-runtime", action: "cancel", maxFractionOfActive: 0.5 },
      { name: "heartbeat-lost", action: "cancel", maxFractionOfActive: 0.5 },
    ],
  },
};

const kinds = [
  { service: "dli", jobType: "QUERY" },
  { service: "dli", jobType: "INSERT" },
  { service: "ges", jobType: "algorithm" },
  { service: "analyticdb-document", jobType: "upload-document" },
  { service: "dli", jobType: "QUERY", state: "succeeded" },
] as const;

/** A job whose worker has beaten all the time: by the rules of production, as after so many heartbeats. */
const beating = (registered: Job, index: number, now: Instant): Job => {
  let job = registered;
  const phaseMs = (index * 7_919) % beatMs;
  for (let at = job.registeredAt + phaseMs; at <= now; at += beatMs) {
    job = { ...job, heartbeatAt: at };
    const { due } = postpone(job) ?? {};
    if (typeof due === "object") job = { ...job, dueAt: due.at };
  }
  return job;
};

/**
 * A job that no run has to touch. Of five jobs three are of the service of the policy that scans, one of which has
 * ended; every second is older than that policy allows, but none is selected by it.
 */
export const existingJob = (index: number, now: Instant): Job => {
  const old = now - 2 * hourMs - index;
  const young = now - Math.floor(hourMs / 4) - (index % 60_000);
  const job = aJob({
    ...kinds[index % kinds.length],
    registeredAt: Math.floor(index / kinds.length) % 2 === 0 ? old : young,
    heartbeatTimeoutSeconds,
    labels: { tier: "reserved" },
  });
  return beating(job, index, now);
};

/**
 * Jobs that have just become stale, a third each: older than the policy allows, older than they said themselves, and of a
 * worker that has been silent for two leases.
 */
export const dueJobs = (count: number, now: Instant): Job[] =>
  Array.from({ length: count }, (_, index) => {
    const startedAt = now - maxRuntimeSeconds * 1000 - 10_000;
    const common = { registeredAt: startedAt, heartbeatAt: now, heartbeatTimeoutSeconds };
    const silent = { heartbeatAt: now - 2 * heartbeatTimeoutSeconds * 1000 - 10_000, labels: { tier: "reserved" } };
    const kinds = [{ labels: { tier: "spot" } }, { labels: { tier: "reserved" }, maxRuntimeSeconds }, silent];
    return aJob({ ...common, ...kinds[index % kinds.length] });
  });
