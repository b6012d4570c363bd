import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ConfigDocument } from "../../../shared/config/document-schema.ts";
import { token } from "../end-to-end/end-to-end-client.ts";

export interface Key {
  readonly id: string;
  readonly secret: string;
  readonly securityToken?: string;
}

/** Who a test calls as: two principals, somebody unknown, and the owner with a secret that is not theirs. */
export type Who = "owner" | "guest" | "stranger" | "mistyped";

/** What a client is given to say who it is. The texts have what URLs and headers could spoil. */
export type Kind = "permanent" | "temporary" | "token";

const principals = {
  owner: {
    permanent: { id: "OWNERKEYID", secret: "owner/secret+with=specials&" },
    temporary: { id: "STS.OWNERKEYID", secret: "owner-sts-secret", securityToken: "CAISowner+/=token with space" },
    token,
  },
  guest: {
    permanent: { id: "GUESTKEYID", secret: "guest-secret" },
    temporary: { id: "STS.GUESTKEYID", secret: "guest-sts-secret", securityToken: "CAISguest+/=" },
    token: "guest-token",
  },
} as const;

export const keyOf = (who: Who, kind: Exclude<Kind, "token">): Key => {
  if (who === "owner" || who === "guest") return principals[who][kind];
  const owners: Key = principals.owner[kind];
  return who === "mistyped" ? { ...owners, secret: "mistyped" } : { ...owners, id: "NOBODYSKEYID" };
};

export const tokenOf = (who: Who): string =>
  who === "owner" || who === "guest" ? principals[who].token : "nobodys-token";

const entry = (name: keyof typeof principals, policies: ConfigDocument["principals"][number]["policies"]) => {
  const { permanent, temporary, token: value } = principals[name];
  return { name, accessKeys: [{ ...permanent }, { ...temporary }], tokens: [{ value }], policies };
};

/** The guest may look at jobs of AnalyticDB and cancel none anywhere; what no policy mentions is denied as well. */
const document: ConfigDocument = {
  principals: [
    entry("owner", [{ effect: "allow", actions: ["*"], resources: ["*"] }]),
    entry("guest", [{ effect: "allow", actions: ["gpdb:Describe*", "gpdb:Get*"], resources: ["*"] }]),
  ],
};

/** Writes the configuration document of these principals, and of what else is given, to a directory of its own. */
export const writeKeys = (besides: Partial<ConfigDocument> = {}) => {
  const directory = mkdtempSync(path.join(tmpdir(), "standdown-keys-"));
  const file = path.join(directory, "config.json");
  writeFileSync(file, JSON.stringify({ ...document, ...besides }));
  return { file, remove: () => rmSync(directory, { recursive: true }) };
};
