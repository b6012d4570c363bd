import { createHmac, hash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  identifySigned,
  parseBasicSeconds,
  parseIsoSeconds,
  type SignedRequest,
} from "../../../shared/auth/signature.ts";
import { plain } from "../../../shared/auth/signing-key.ts";
import { Secret } from "../../../shared/domain/secret.ts";
import type { AccessKey, CredentialStore } from "../../../shared/ports/credential-store.ts";
import { now } from "../../support/stack/jobs.ts";

const minute = 60_000;
const principal = { name: "sdk", policies: [] };
const holding = (key: Partial<AccessKey> = {}): CredentialStore => ({
  byToken: () => undefined,
  byKey: (id, at) => (id === "AK" && at === now ? { principal, secret: new Secret("s"), ...key } : undefined),
  byTrigger: () => undefined,
});

const hmac = (secret: string) => createHmac("sha256", secret).update("to sign").digest("hex");
const signed: SignedRequest = {
  keyId: "AK",
  signedAt: now,
  signature: hmac("s"),
  stringToSign: "to sign",
  hash: "sha256",
  derivation: plain,
  encoding: "hex",
};

/** Of the key and the signature: the same bytes have the same one. */
const requestDigest = hash("sha256", `AK ${hmac("s")}`, "base64url").slice(0, 22);

const verified = (given: Partial<SignedRequest>, key?: Partial<AccessKey>) => {
  const found = identifySigned({ ...signed, ...given }, holding(key), now);
  return "fault" in found ? found : (found.verify?.() ?? found);
};

describe("a signed request", () => {
  test.each<[string, Partial<SignedRequest>, Partial<AccessKey>, object]>([
    ["that is right", {}, {}, { principal, keyId: "AK", requestDigest }],
    ["that is right, with a nonce", { nonce: "n" }, {}, { principal, keyId: "AK", requestDigest, nonce: "n" }],
    ["of an unknown key", { keyId: "BK" }, {}, { fault: "unknown-key" }],
    ["without a time", { signedAt: Number.NaN }, {}, { fault: "malformed-time" }],
    ["as late as it may be", { signedAt: now - 15 * minute }, {}, { principal, keyId: "AK", requestDigest }],
    ["later than that", { signedAt: now - 15 * minute - 1 }, {}, { fault: "expired" }],
    ["as early as it may be", { signedAt: now + 15 * minute }, {}, { principal, keyId: "AK", requestDigest }],
    ["earlier than that", { signedAt: now + 15 * minute + 1 }, {}, { fault: "expired" }],
    ["of a temporary key", { securityToken: "t" }, { securityToken: "t" }, { principal, keyId: "AK", requestDigest }],
    ["of a temporary key without its token", {}, { securityToken: "t" }, { fault: "wrong-security-token" }],
    [
      "of a temporary key with another token",
      { securityToken: "u" },
      { securityToken: "t" },
      { fault: "wrong-security-token" },
    ],
    [
      "of a temporary key with more than its token",
      { securityToken: "tt" },
      { securityToken: "t" },
      { fault: "wrong-security-token" },
    ],
    ["of a lasting key with a token", { securityToken: "t" }, {}, { fault: "wrong-security-token" }],
    ["of a lasting key with an empty token", { securityToken: "" }, {}, { principal, keyId: "AK", requestDigest }],
    [
      "by another secret",
      { signature: hmac("x") },
      {},
      { fault: "bad-signature", keyId: "AK", stringToSign: "to sign" },
    ],
    [
      "with half a signature",
      { signature: hmac("s").slice(32) },
      {},
      { fault: "bad-signature", keyId: "AK", stringToSign: "to sign" },
    ],
    ["without a signature", { signature: "" }, {}, { fault: "bad-signature", keyId: "AK", stringToSign: "to sign" }],
    [
      "in the words of one client",
      { stringToSign: "other", otherStringToSign: "to sign" },
      {},
      { principal, keyId: "AK", requestDigest },
    ],
    [
      "in no words that any client uses",
      { stringToSign: "other", otherStringToSign: "another" },
      {},
      { fault: "bad-signature", keyId: "AK", stringToSign: "other" },
    ],
    [
      "by another secret, with parts to hide",
      { signature: "", shown: () => "***" },
      {},
      { fault: "bad-signature", keyId: "AK", stringToSign: "***" },
    ],
  ])("%s", (_, given, key, found) => {
    const outcome = verified(given, key);
    if ("fault" in outcome) return expect(outcome).toStrictEqual(found);
    const { verify, ...told } = outcome;
    return expect({ ...told, requestDigest: told.requestDigest?.() }).toStrictEqual(found);
  });

  test("is told no more of what it signed than a client compares", () => {
    expect(verified({ signature: "", stringToSign: "x".repeat(100_000) })).toMatchObject({
      stringToSign: "x".repeat(4096),
    });
  });

  test("is not computed for a key that is unknown, or out of date", () => {
    let computed = 0;
    const counted = (given: Partial<SignedRequest>): SignedRequest => ({
      ...signed,
      ...given,
      get stringToSign() {
        computed++;
        return "to sign";
      },
    });
    for (const given of [{ keyId: "BK" }, { signedAt: 0 }, { securityToken: "t" }])
      expect(identifySigned(counted(given), holding(), now)).toHaveProperty("fault");
    const found = identifySigned(counted({}), holding(), now);
    expect([computed, "verify" in found && found.verify?.(), computed]).toEqual([0, undefined, 1]);
  });

  test("with every fault at once gets them in the gateways' order", () => {
    const faults: [Partial<SignedRequest>, string][] = [
      [{ keyId: "BK" }, "unknown-key"],
      [{ signedAt: Number.NaN }, "malformed-time"],
      [{ signedAt: 0 }, "expired"],
      [{ securityToken: "t" }, "wrong-security-token"],
      [{ signature: "x" }, "bad-signature"],
    ];
    faults.forEach(([, expected], first) => {
      // Later rows first: of two that set the same member, the one that is checked first stands.
      const all = Object.assign(
        {},
        ...faults
          .slice(first)
          .map(([given]) => given)
          .reverse(),
      );
      expect(verified(all)).toMatchObject({ fault: expected });
    });
  });
});

describe("a time", () => {
  test.each([
    ["2026-11-22T10:00:00Z", now],
    ["1970-01-01T00:00:00Z", 0],
    ["2026-11-22T10:00:00.000Z", Number.NaN],
    ["2026-11-22T10:00:00+00:00", Number.NaN],
    ["2026-11-22 10:00:00Z", Number.NaN],
    ["2026-11-22T10:00:00", Number.NaN],
    ["2026-11-22T10:00Z", Number.NaN],
    ["2026-11-22", Number.NaN],
    ["02026-11-22T10:00:00Z", Number.NaN],
    ["2026-11-22T10:00:00Z ", Number.NaN],
    ["2026-11-22T10:00:00Z(x)", Number.NaN],
    // Date.parse takes the expanded year of ECMAScript.
    ["+002026-11-22T10:00:00Z", Number.NaN],
    ["2026-13-22T10:00:00Z", Number.NaN],
    ["", Number.NaN],
  ])("of ISO 8601, %j, is %d", (text, instant) => {
    expect(parseIsoSeconds(text)).toBe(instant);
  });

  test.each([
    ["20261122T100000Z", now],
    ["20261122T100001Z", now + 1000],
    ["20261122T100000", Number.NaN],
    ["20261122T100000Z0", Number.NaN],
    ["20261122 100000Z", Number.NaN],
    ["2026-11-22T10:00:00Z", Number.NaN],
    ["0020261122T100000Z", Number.NaN],
    ["", Number.NaN],
  ])("of ISO 8601's basic form, %j, is %d", (text, instant) => {
    expect(parseBasicSeconds(text)).toBe(instant);
  });
});
