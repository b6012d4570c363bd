import { createSecretKey, type KeyObject } from "node:crypto";
import type { Secret } from "../domain/secret.ts";

/** How a scheme makes the key of its HMAC of a secret. Derivations of one name make the same key of the same secret. */
export interface Derivation {
  readonly name: string;
  readonly derive: (secret: string) => string | Buffer;
}

/** A scheme that uses the secret as it is. */
export const plain: Derivation = { name: "", derive: (secret) => secret };

/** Scopes, a name each, come from clients before they are believed: more than a few are no honest client's. */
const maxKeysPerSecret = 100;
const made = new WeakMap<Secret, Map<string, KeyObject>>();

/**
 * The key that a derivation makes of a secret, made once: a credential scope costs four HMACs, more than all the rest
 * of a verification. What was made goes when the configuration that holds the secret goes.
 */
export const signingKey = (secret: Secret, { name, derive }: Derivation): KeyObject => {
  const keys = made.get(secret) ?? new Map<string, KeyObject>();
  const known = keys.get(name);
  if (known) return known;
  if (keys.size >= maxKeysPerSecret) keys.clear();
  const key = asKey(derive(secret.reveal()));
  made.set(secret, keys.set(name, key));
  return key;
};

/** A key for `createHmac`, which is five times as fast with it as with a buffer. */
export const asKey = (key: string | Buffer): KeyObject =>
  typeof key === "string" ? createSecretKey(key, "utf8") : createSecretKey(key);
