import type { CleanupPolicy } from "../domain/cleanup-policy.ts";

type Limits = Pick<CleanupPolicy, "maxActionsPerRun" | "maxActionsOfAllOwners" | "maxFractionOfActive">;

/** All owners together may have ten times what one may. */
export const limitsFor = ({ maxActionsPerRun = 100 }: Partial<Limits> = {}): Limits => ({
  maxActionsPerRun,
  maxActionsOfAllOwners: 10 * maxActionsPerRun,
  maxFractionOfActive: 1,
});

/** Each has a condition of its own. */
export const builtInPolicies: readonly CleanupPolicy[] = [
  { name: "max-runtime", selector: {}, ownMaxRuntime: true, action: "cancel", ...limitsFor() },
  { name: "heartbeat-lost", selector: {}, heartbeatLost: true, action: "cancel", ...limitsFor() },
  { name: "max-queued", selector: {}, ownMaxQueued: true, action: "cancel", ...limitsFor() },
];
