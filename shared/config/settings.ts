import type { CleanupPolicy, Settings } from "../domain/cleanup-policy.ts";
import { builtInPolicies, limitsFor } from "./built-in-policies.ts";
import type { ConfigDocument } from "./document-schema.ts";

const daySeconds = 86_400;

export const toSettings = ({ cleanup = {}, queues = {} }: ConfigDocument): Settings => ({
  policies: withBuiltIn((cleanup.policies ?? []).map((given) => ({ selector: {}, ...limitsFor(given), ...given }))),
  tombstoneSeconds: queues.tombstoneSeconds ?? daySeconds,
});

/** The built-in policies come last. One that is named like them changes what they do, not what they look for. */
const withBuiltIn = (given: readonly CleanupPolicy[]): readonly CleanupPolicy[] => {
  const names = builtInPolicies.map(({ name }) => name);
  const changed = builtInPolicies.map((policy) => ({ ...policy, ...given.find(({ name }) => name === policy.name) }));
  return [...given.filter(({ name }) => !names.includes(name)), ...changed];
};
