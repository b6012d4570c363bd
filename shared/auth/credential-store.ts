import { hash } from "node:crypto";
import type { Instant, Trigger } from "../domain/job.ts";
import type { Principal } from "../domain/principal.ts";
import { Secret } from "../domain/secret.ts";
import type { AccessKey, CredentialStore } from "../ports/credential-store.ts";
import { matches } from "./policy.ts";

interface Limits {
  readonly expires?: string | undefined;
  readonly projects?: readonly string[] | undefined;
}

interface Grant<Granted> {
  readonly granted: Granted;
  readonly expires: Instant;
}

interface PrincipalEntry extends Pick<Principal, "name" | "policies"> {
  readonly account?: string | undefined;
  readonly triggers?: readonly Trigger[] | undefined;
  /** Whose messages it stands for; everybody else's when absent. */
  readonly senders?: readonly string[] | undefined;
  readonly tokens?: readonly (Limits & ({ readonly value: string } | { readonly sha256: string }))[] | undefined;
  readonly accessKeys?:
    | readonly (Limits & {
        readonly id: string;
        readonly secret: string;
        readonly securityToken?: string | undefined;
      })[]
    | undefined;
}

export const createCredentialStore = ({
  principals,
}: {
  readonly principals: readonly PrincipalEntry[];
}): CredentialStore => {
  const tokens = new Map<string, Grant<Principal>>();
  const keys = new Map<string, Grant<AccessKey>>();
  for (const entry of principals) {
    for (const token of entry.tokens ?? []) {
      const digest = "sha256" in token ? token.sha256.toLowerCase() : sha256(token.value);
      tokens.set(digest, grant(toPrincipal(entry, token), token));
    }
    for (const key of entry.accessKeys ?? []) {
      const { id, secret, securityToken } = key;
      const principal = toPrincipal(entry, key);
      keys.set(id, grant({ principal, secret: new Secret(secret), ...(securityToken && { securityToken }) }, key));
    }
  }
  return {
    byToken: (token, now) => current(tokens.get(sha256(token)), now),
    byKey: (keyId, now) => current(keys.get(keyId), now),
    byTrigger: (trigger, sender) => {
      const entries = principals.filter(({ triggers }) => triggers?.includes(trigger));
      const named = entries.find(({ senders = [] }) => senders.some((each) => matches(each, sender ?? "")));
      const entry = named ?? entries.find(({ senders }) => senders === undefined);
      return entry && toPrincipal(entry, {});
    },
  };
};

const toPrincipal = ({ name, account, policies, triggers }: PrincipalEntry, { projects }: Limits): Principal => ({
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
