import type { CleanupPolicy, Settings } from "../domain/cleanup-policy.ts";
import type { ConfigDocument } from "./document-schema.ts";

const limits = { maxActionsPerRun: 100, maxFractionOfActive: 1 } as const;

const builtIn: readonly CleanupPolicy[] = [
  { name: "max-runtime", selector: {}, ownMaxRuntime: true, action: "cancel", ...limits },
  { name: "heartbeat-lost", selector: {}, heartbeatLost: true, action: "cancel", ...limits },
  { name: "max-queued", selector: {}, ownMaxQueued: true, action: "cancel", ...limits },
];

const daySeconds = 86_400;

export const toSettings = ({ cleanup = {}, queues = {} }: ConfigDocument): Settings => ({
  policies: withBuiltIn((cleanup.policies ?? []).map((given) => ({ selector: {}, ...limits, ...given }))),
  tombstoneSeconds: queues.tombstoneSeconds ?? daySeconds,
});

/** The built-in policies come last. One that is named like them changes what they do, not what they look for. */
const withBuiltIn = (given: readonly CleanupPolicy[]): readonly CleanupPolicy[] => {
  const names = builtIn.map(({ name }) => name);
  const changed = builtIn.map((policy) => ({ ...policy, ...given.find(({ name }) => name === policy.name) }));
  return [...given.filter(({ name }) => !names.includes(name)), ...changed];
};
