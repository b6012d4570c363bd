import { scrypt, timingSafeEqual } from "node:crypto";
import type { Secret } from "./secret.ts";

/** Hashes a secret by scrypt. The salt is the job's key, which is known before the job is read. */
export const secretHash = (secret: Secret, key: string): Promise<string> =>
  new Promise((resolve, reject) => {
    scrypt(secret.reveal(), `standdown:${key}`, 24, { N: 16384 }, (error, hash) =>
      error ? reject(error) : resolve(hash.toString("base64url")),
    );
  });

export const matchesSecret = async (secret: Secret, key: string, hash: string): Promise<boolean> => {
  const [given, kept] = [Buffer.from(await secretHash(secret, key)), Buffer.from(hash)];
  return given.length === kept.length && timingSafeEqual(given, kept);
};
