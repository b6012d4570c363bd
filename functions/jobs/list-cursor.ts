import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Secret } from "../../shared/domain/secret.ts";
import { InvalidCursor } from "../../shared/ports/job-store.ts";

/** Whose list it is, and of what. A cursor of one is none of another. */
export type BoundTo = readonly (string | undefined)[];

const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Makes the store's cursor unreadable: it names the key of an entry, which can be of a job that the caller may not see.
 * Nobody can make one of their own either, and so read from wherever they like.
 */
export const sealCursor = (cursor: string, key: Secret, boundTo: BoundTo): string => {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, bytesOf(key), nonce).setAAD(additionalData(boundTo));
  return Buffer.concat([nonce, cipher.update(cursor), cipher.final(), cipher.getAuthTag()]).toString("base64url");
};

/** Throws {@link InvalidCursor} for one that was not sealed with this key for this list. */
export const openCursor = (sealed: string, key: Secret, boundTo: BoundTo): string => {
  const bytes = Buffer.from(sealed, "base64url");
  try {
    const decipher = createDecipheriv(algorithm, bytesOf(key), bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(additionalData(boundTo)).setAuthTag(bytes.subarray(-tagBytes));
    return `${decipher.update(bytes.subarray(nonceBytes, -tagBytes))}${decipher.final()}`;
  } catch (cause) {
    throw new InvalidCursor("not a cursor of this list", { cause });
  }
};

const additionalData = (boundTo: BoundTo): Buffer => Buffer.from(JSON.stringify(boundTo.map((each) => each ?? null)));

const bytesOf = (key: Secret): Buffer => Buffer.from(key.reveal(), "base64url");
