import type { Change } from "./change.ts";
import { type Instant, isTerminal, type Job } from "./job.ts";
import { missedLeases } from "./staleness.ts";

/** Ends a job whose worker has been silent for two leases, so that the same principal can register it anew. */
export const decideTakeover = (job: Job, principal: string, now: Instant): Change | undefined => {
  const { uid, state, heartbeatAt, heartbeatTimeoutSeconds, registeredBy } = job;
  const isSilent = heartbeatAt + missedLeases * heartbeatTimeoutSeconds * 1000 <= now;
  if (isTerminal(state) || state === "stopping" || registeredBy !== principal || !isSilent) return undefined;
  const seconds = missedLeases * heartbeatTimeoutSeconds;
  return {
    when: { uid, states: [state], heartbeatAt },
    set: {
      state: "failed",
      endedAt: now,
      error: `no heartbeat for ${seconds} s, and ${principal} registered it again`,
    },
  };
};
