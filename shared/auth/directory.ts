import { hash } from "node:crypto";
import type { Instant, Trigger } from "../cancellation/job.ts";
import type { ConfigDocument } from "../config/document.ts";
import { Secret } from "../validation/secret.ts";
import type { Principal } from "./principal.ts";

/** Finds principals by what they present. Tokens are kept and looked up by their SHA-256, never as text. */
export interface Directory {
  byToken(token: string, now: Instant): Principal | undefined;
  byKey(keyId: string, now: Instant): AccessKey | undefined;
  /** As whom comes in what presents nothing: the first principal that names this door among its triggers. */
  byTrigger(trigger: Exclude<Trigger, "http">): Principal | undefined;
}

export interface AccessKey {
  readonly principal: Principal;
  readonly secret: Secret;
  /** What a request signed with a temporary key must carry. */
  readonly securityToken?: string;
}

/** Something that is good for a while, and maybe for some projects only. */
interface Limits {
  readonly expires?: string | undefined;
  readonly projects?: readonly string[] | undefined;
}

interface Grant<Granted> {
  readonly granted: Granted;
  readonly expires: Instant;
}

export const directoryOf = ({ principals }: ConfigDocument): Directory => {
  const tokens = new Map<string, Grant<Principal>>();
  const keys = new Map<string, Grant<AccessKey>>();
  for (const entry of principals) {
    for (const token of entry.tokens ?? []) {
      const digest = "sha256" in token ? token.sha256.toLowerCase() : sha256(token.value);
      tokens.set(digest, grant(principalOf(entry, token), token));
    }
    for (const key of entry.accessKeys ?? []) {
      const { id, secret, securityToken } = key;
      const principal = principalOf(entry, key);
      keys.set(id, grant({ principal, secret: new Secret(secret), ...(securityToken && { securityToken }) }, key));
    }
  }
  return {
    byToken: (token, now) => current(tokens.get(sha256(token)), now),
    byKey: (keyId, now) => current(keys.get(keyId), now),
    byTrigger: (trigger) => {
      const entry = principals.find(({ triggers }) => triggers?.includes(trigger));
      return entry && principalOf(entry, {});
    },
  };
};

const principalOf = (
  { name, account, policies, triggers }: ConfigDocument["principals"][number],
  { projects }: Limits,
): Principal => ({
  name,
  policies,
  ...(account === undefined ? {} : { account }),
  ...(triggers === undefined ? {} : { triggers }),
  ...(projects === undefined ? {} : { projects }),
});

const grant = <Granted>(granted: Granted, { expires }: Limits): Grant<Granted> => ({
  granted,
  expires: expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires),
});

/** What has expired is unknown (P). */
const current = <Granted>(found: Grant<Granted> | undefined, now: Instant): Granted | undefined =>
  found && now < found.expires ? found.granted : undefined;

const sha256 = (token: string): string => hash("sha256", token, "hex");
