import type { CleanupPolicy } from "../domain/cleanup-policy.ts";

export const defaultLimits = { maxActionsPerRun: 100, maxFractionOfActive: 1 } as const;

/** Each has a condition of its own. */
export const builtInPolicies: readonly CleanupPolicy[] = [
  { name: "max-runtime", selector: {}, ownMaxRuntime: true, action: "cancel", ...defaultLimits },
  { name: "heartbeat-lost", selector: {}, heartbeatLost: true, action: "cancel", ...defaultLimits },
  { name: "max-queued", selector: {}, ownMaxQueued: true, action: "cancel", ...defaultLimits },
];
