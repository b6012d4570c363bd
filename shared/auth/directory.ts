import { createHash } from "node:crypto";
import type { Instant } from "../cancellation/job.ts";
import type { ConfigDocument } from "../config/document.ts";
import type { Principal } from "./principal.ts";

/** Finds principals by what they present. Tokens are kept and looked up by their SHA-256, never as text. */
export interface Directory {
  byToken(token: string, now: Instant): Principal | undefined;
}

interface Grant {
  readonly principal: Principal;
  readonly expires: Instant;
}

export const directoryOf = ({ principals }: ConfigDocument): Directory => {
  const grants = new Map<string, Grant>();
  for (const { name, account, policies, triggers, tokens = [] } of principals) {
    const principal = {
      name,
      policies,
      ...(account === undefined ? {} : { account }),
      ...(triggers === undefined ? {} : { triggers }),
    };
    for (const token of tokens) {
      const hash = "sha256" in token ? token.sha256.toLowerCase() : sha256(token.value);
      grants.set(hash, {
        principal: token.projects === undefined ? principal : { ...principal, projects: token.projects },
        expires: token.expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(token.expires),
      });
    }
  }
  return {
    byToken(token, now) {
      const grant = grants.get(sha256(token));
      return grant && now < grant.expires ? grant.principal : undefined;
    },
  };
};

const sha256 = (token: string): string => createHash("sha256").update(token).digest("hex");
