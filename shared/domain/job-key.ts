import { createHash } from "node:crypto";
import type { Instant } from "./job.ts";

/** Crockford's base 32, the alphabet of ULIDs. */
export const keyAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const keyLength = 16;
const timeLength = 10;

/** The 80-bit digest of a native identity: the store's key, and the random part of the uids of all incarnations. */
export const jobKey = (service: string, identity: readonly string[], jobId: string): string => {
  const digest = createHash("sha256")
    .update(JSON.stringify([service, ...identity, jobId]))
    .digest();
  let bits = BigInt(`0x${digest.subarray(0, 10).toString("hex")}`);
  let key = "";
  for (let i = 0; i < keyLength; i++, bits >>= 5n) key = keyAlphabet.charAt(Number(bits & 31n)) + key;
  return key;
};

export const jobUid = (time: Instant, key: string): string => {
  let prefix = "";
  for (let i = 0, rest = time; i < timeLength; i++, rest = Math.floor(rest / 32))
    prefix = keyAlphabet.charAt(rest % 32) + prefix;
  return prefix + key;
};

export const uidToKey = (uid: string): string => uid.slice(timeLength);

export const uidToTime = (uid: string): Instant =>
  [...uid.slice(0, timeLength)].reduce((time, character) => time * 32 + keyAlphabet.indexOf(character), 0);

export const uidPattern: RegExp = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
