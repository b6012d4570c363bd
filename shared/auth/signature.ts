import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { clockSkewMs } from "../domain/clock-skew.ts";
import type { Instant } from "../domain/job.ts";
import type { Principal } from "../domain/principal.ts";
import type { CredentialStore } from "../ports/credential-store.ts";
import type { AuthenticationError } from "../validation/request-error.ts";
import { type Derivation, signingKey } from "./signing-key.ts";

/** What a signature says, before anything of it is believed. */
export interface SignedRequest {
  readonly keyId: string;
  readonly securityToken?: string | undefined;
  readonly signedAt: Instant;
  readonly signature: string;
  /** Costs time, and is made only for a key that is known and not locked. */
  readonly stringToSign: string;
  /** What one client signs in its place. */
  readonly otherStringToSign?: string | undefined;
  readonly hash: "sha1" | "sha256" | "sm3";
  readonly derivation: Derivation;
  readonly encoding: "hex" | "base64";
  readonly nonce?: string;
  /** The string to sign without the values of secret parameters. */
  readonly shown?: () => string;
}

export interface Identified {
  readonly principal: Principal;
  readonly keyId?: string;
  readonly nonce?: string;
  /** Told on demand: a cancel alone needs it. */
  readonly requestDigest?: () => string;
  /** Of a signature, which is to be believed only where this finds no error. */
  readonly verify?: () => AuthenticationError | undefined;
}

/** A client compares the string to sign with its own. Those of real requests have some hundred characters. */
const maxTold = 4096;

/** Checks what a signature says in the gateways' order: the key, the time, the security token. The signature itself is left to `verify`, since it costs the most. */
export const identifySigned = (
  signed: SignedRequest,
  credentials: CredentialStore,
  now: Instant,
): Identified | AuthenticationError => {
  const { keyId, nonce } = signed;
  const key = credentials.byKey(keyId, now);
  if (key === undefined) return { fault: "unknown-key" };
  if (Number.isNaN(signed.signedAt)) return { fault: "malformed-time" };
  if (Math.abs(now - signed.signedAt) > clockSkewMs) return { fault: "expired" };
  if (!sameText(key.securityToken, signed.securityToken)) return { fault: "wrong-security-token" };
  const signs = (text: string): boolean => {
    const hmac = createHmac(signed.hash, signingKey(key.secret, signed.derivation)).update(text);
    return sameText(hmac.digest(signed.encoding), signed.signature);
  };
  const verify = (): AuthenticationError | undefined => {
    const { stringToSign } = signed;
    if (signs(stringToSign)) return undefined;
    const { otherStringToSign } = signed;
    if (otherStringToSign !== undefined && signs(otherStringToSign)) return undefined;
    return { fault: "bad-signature", keyId, stringToSign: (signed.shown?.() ?? stringToSign).slice(0, maxTold) };
  };
  const requestDigest = () => hash("sha256", `${keyId} ${signed.signature}`, "base64url").slice(0, 22);
  return { principal: key.principal, keyId, requestDigest, verify, ...(nonce === undefined ? {} : { nonce }) };
};

const sameText = (a = "", b = ""): boolean => {
  // Most requests have no security token.
  if (a === "" && b === "") return true;
  const [bytesOfA, bytesOfB] = [Buffer.from(a), Buffer.from(b)];
  return bytesOfA.length === bytesOfB.length && timingSafeEqual(bytesOfA, bytesOfB);
};

/** `2026-11-22T03:48:38Z`; NaN when it is of another form. */
export const parseIsoSeconds = (text: string): Instant =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;

/** `20261122T034838Z`; NaN when it is of another form. */
export const parseBasicSeconds = (text: string): Instant =>
  parseIsoSeconds(
    `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 11)}:${text.slice(11, 13)}:${text.slice(13)}`,
  );
