import { scrypt, timingSafeEqual } from "node:crypto";
import type { Secret } from "./secret.ts";

/**
 * A secret as a scrypt hash. The salt is the job's key: unique for each job, and known before the job is
 * read, so that it can be compared inside the one conditional write of a cancel.
 */
export const secretHash = (secret: Secret, key: string): Promise<string> =>
  new Promise((resolve, reject) => {
    scrypt(secret.reveal(), `standdown:${key}`, 24, { N: 16384 }, (error, hash) =>
      error ? reject(error) : resolve(hash.toString("base64url")),
    );
  });

/** Whether this is the secret behind a hash, told in a time that says nothing about how much of it is right. */
export const matchesSecret = async (secret: Secret, key: string, hash: string): Promise<boolean> => {
  const [given, kept] = [Buffer.from(await secretHash(secret, key)), Buffer.from(hash)];
  return given.length === kept.length && timingSafeEqual(given, kept);
};
