import type { Instant, Trigger } from "../domain/job.ts";
import type { Principal } from "../domain/principal.ts";
import type { Secret } from "../domain/secret.ts";

/** Finds principals by what they present. Tokens are kept and looked up by their SHA-256, never as text. */
export interface CredentialStore {
  byToken(token: string, now: Instant): Principal | undefined;
  byKey(keyId: string, now: Instant): AccessKey | undefined;
  /** The one that names this sender, else the one that names none. */
  byTrigger(trigger: Exclude<Trigger, "http">, sender?: string): Principal | undefined;
}

export interface AccessKey {
  readonly principal: Principal;
  readonly secret: Secret;
  readonly securityToken?: string;
}
