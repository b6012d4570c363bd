import type { Instant, Job } from "../../shared/cancellation/job.ts";
import type { ConfigDocument } from "../../shared/config/document.ts";
import { aJob } from "../../test/support/jobs.ts";

/** Longer than the clock of the bench goes on, a minute for each run: no young job grows too old meanwhile. */
const maxRuntimeSeconds = 4 * 3600;
const maxRuntimeMs = maxRuntimeSeconds * 1000;
/** No job comes due for its silence while the bench runs. */
const heartbeatTimeoutSeconds = 86_400;

/** The first policy walks through the active jobs of the service, the second is asked by the index of due jobs. */
export const config: ConfigDocument = {
  principals: [
    { name: "clean-up", triggers: ["schedule"], policies: [{ effect: "allow", actions: ["*"], resources: ["*"] }] },
  ],
  cleanup: {
    policies: [
      {
        name: "spot",
        service: "dli",
        selector: { labels: { tier: "spot" } },
        maxRuntimeSeconds,
        action: "cancel",
        maxFractionOfActive: 0.5,
      },
      { name: "max-runtime", service: "dli", action: "cancel", maxFractionOfActive: 0.5 },
    ],
  },
};

/** Jobs that no run has to touch: one half is older than the policy allows, but not selected; the other is young. */
export const healthyJobs = (count: number, now: Instant): Job[] =>
  Array.from({ length: count }, (_, index) => {
    const startedAt = index % 2 === 0 ? now - 2 * maxRuntimeMs - index : now - (index % 60_000);
    return aJob({ registeredAt: startedAt, heartbeatAt: now, heartbeatTimeoutSeconds, labels: { tier: "reserved" } });
  });

/** Jobs that have just become too old: one half by the policy, the other by what they said themselves. */
export const dueJobs = (count: number, now: Instant): Job[] =>
  Array.from({ length: count }, (_, index) => {
    const startedAt = now - maxRuntimeMs - 10_000;
    const common = { registeredAt: startedAt, heartbeatAt: now, heartbeatTimeoutSeconds };
    return index % 2 === 0
      ? aJob({ ...common, labels: { tier: "spot" } })
      : aJob({ ...common, labels: { tier: "reserved" }, maxRuntimeSeconds });
  });
