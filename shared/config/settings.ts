import { createHash } from "node:crypto";
import type { CleanupPolicy, Settings } from "../domain/cleanup-policy.ts";
import { Secret } from "../domain/secret.ts";
import { builtInPolicies, limitsFor } from "./built-in-policies.ts";
import type { ConfigDocument } from "./document-schema.ts";

const daySeconds = 86_400;

export const toSettings = ({ principals, connections = [], cleanup = {}, queues = {} }: ConfigDocument): Settings => ({
  policies: withBuiltIn((cleanup.policies ?? []).map((given) => ({ selector: {}, ...limitsFor(given), ...given }))),
  tombstoneSeconds: queues.tombstoneSeconds ?? daySeconds,
  cursorKey: cursorKeyFrom(principals),
  connections: connections.map(({ url, mayDropIndexes = false, ...given }) => ({
    ...given,
    url: new Secret(url),
    mayDropIndexes,
  })),
});

/** Derived from all secrets of the document, of which no principal knows more than its own; another once one changes. */
const cursorKeyFrom = (principals: ConfigDocument["principals"]): Secret =>
  new Secret(
    createHash("sha256").update("standdown list cursor").update(JSON.stringify(principals)).digest("base64url"),
  );

/** The built-in policies come last. One that is named like them changes what they do, not what they look for. */
const withBuiltIn = (given: readonly CleanupPolicy[]): readonly CleanupPolicy[] => {
  const names = builtInPolicies.map(({ name }) => name);
  const changed = builtInPolicies.map((policy) => ({ ...policy, ...given.find(({ name }) => name === policy.name) }));
  return [...given.filter(({ name }) => !names.includes(name)), ...changed];
};
