import { hash } from "node:crypto";
import type { SignableRequest } from "../../auth/signable-request.ts";
import { parseIsoSeconds, type SignedRequest } from "../../auth/signature.ts";
import { plain } from "../../auth/signing-key.ts";
import type { AuthenticationError } from "../../validation/request-error.ts";
import { canonicalHeaders, canonicalQuery, maxAuthorization, signedValue } from "../canonical.ts";

const algorithms = { "ACS3-HMAC-SHA256": "sha256", "ACS3-HMAC-SM3": "sm3" } as const;

type Algorithm = keyof typeof algorithms;

const authorization =
  /^(ACS3-[A-Z0-9-]+) +Credential=([^,\s]{1,128}), *SignedHeaders=([a-z0-9;_-]+), *Signature=([0-9a-f]{64})$/;

/**
 * Alibaba Cloud's signature version 3. Observed with its SDKs: commas without spaces; the form is covered by its hash
 * alone; every x-acs-* header is signed, host and content-type usually are.
 */
export const acs3 = (request: SignableRequest): SignedRequest | AuthenticationError | undefined => {
  const { headers } = request;
  const given = headers.authorization;
  if (!given?.startsWith("ACS3-")) return undefined;
  if (given.length > maxAuthorization) return { fault: "malformed" };
  const [, algorithm, keyId = "", signed = "", signature = ""] = authorization.exec(given) ?? [];
  if (algorithm === undefined) return { fault: "malformed" };
  if (!isSupported(algorithm)) return { fault: "unsupported-algorithm" };

  const names = signed.split(";");
  const lines = canonicalHeaders(names, headers);
  const nonce = headers["x-acs-signature-nonce"];
  if (lines === undefined || !nonce || !headers["x-acs-date"]) return { fault: "malformed" };
  // P: what the request means stands in x-acs-* headers, and one that is not signed could be anybody's.
  const unsigned = Object.keys(headers).some((name) => name.startsWith("x-acs-") && !names.includes(name));

  return {
    keyId,
    securityToken: headers["x-acs-security-token"],
    signedAt: parseIsoSeconds(headers["x-acs-date"]),
    signature,
    get stringToSign() {
      const { method, path, query, body } = request;
      const digest = hash(algorithms[algorithm], body, "hex");
      // A hash of another body goes into the signature as it is: then the signature is of another request.
      const content = headers["x-acs-content-sha256"] === digest && !unsigned ? digest : "another body";
      return acs3StringToSign(algorithm, [method, path, canonicalQuery(query), lines, signed, content]);
    },
    hash: algorithms[algorithm],
    derivation: plain,
    encoding: "hex",
    nonce: signedValue(nonce),
  };
};

const isSupported = (name: string): name is Algorithm => Object.hasOwn(algorithms, name);

/** The canonical request is: method, path, query, header lines, names of the signed headers, hash of the body. */
const acs3StringToSign = (algorithm: Algorithm, canonical: readonly string[]): string =>
  `${algorithm}\n${hash(algorithms[algorithm], canonical.join("\n"), "hex")}`;
