import { createSecretKey, type KeyObject } from "node:crypto";
import type { Secret } from "../domain/secret.ts";

/** Derivations of one name make the same key of the same secret. */
export interface Derivation {
  readonly name: string;
  readonly derive: (secret: string) => string | Buffer;
}

export const plain: Derivation = { name: "", derive: (secret) => secret };

/** Scopes come from clients that are not authenticated yet: the cache is bounded. */
const maxKeysPerSecret = 100;
const made = new WeakMap<Secret, Map<string, KeyObject>>();

/** Derives a key once and caches it with the secret: a credential scope costs four HMACs. */
export const signingKey = (secret: Secret, { name, derive }: Derivation): KeyObject => {
  const keys = made.get(secret) ?? new Map<string, KeyObject>();
  const known = keys.get(name);
  if (known) return known;
  if (keys.size >= maxKeysPerSecret) keys.clear();
  const key = asKey(derive(secret.reveal()));
  made.set(secret, keys.set(name, key));
  return key;
};

/** `createHmac` is five times as fast with a key object as with a buffer. */
export const asKey = (key: string | Buffer): KeyObject =>
  typeof key === "string" ? createSecretKey(key, "utf8") : createSecretKey(key);
