import type { ConfigDocument } from "../../shared/config/document-schema.ts";
import type { Instant, Job } from "../../shared/domain/job.ts";
import { aJob } from "../../test/support/stack/jobs.ts";

const maxRuntimeSeconds = 3600;
const hourMs = 3_600_000;
/** No job comes due for its silence while the bench runs. */
const heartbeatTimeoutSeconds = 86_400;

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

/**
 * A job that no run has to touch. Of five jobs three are of the service of the policy that scans, one of which has
 * ended; every second is older than that policy allows, but none is selected by it.
 */
export const existingJob = (index: number, now: Instant): Job => {
  const old = now - 2 * hourMs - index;
  const young = now - Math.floor(hourMs / 4) - (index % 60_000);
  return aJob({
    ...kinds[index % kinds.length],
    registeredAt: Math.floor(index / kinds.length) % 2 === 0 ? old : young,
    heartbeatAt: now,
    heartbeatTimeoutSeconds,
    labels: { tier: "reserved" },
  });
};

/** Jobs that have just become too old: one half by the policy, the other by what they said themselves. */
export const dueJobs = (count: number, now: Instant): Job[] =>
  Array.from({ length: count }, (_, index) => {
    const startedAt = now - maxRuntimeSeconds * 1000 - 10_000;
    const common = { registeredAt: startedAt, heartbeatAt: now, heartbeatTimeoutSeconds };
    return index % 2 === 0
      ? aJob({ ...common, labels: { tier: "spot" } })
      : aJob({ ...common, labels: { tier: "reserved" }, maxRuntimeSeconds });
  });
