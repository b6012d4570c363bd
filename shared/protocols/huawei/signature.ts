import { createHmac, hash, hkdfSync } from "node:crypto";
import type { SignableRequest } from "../../auth/signable-request.ts";
import { parseBasicSeconds, type SignedRequest } from "../../auth/signature.ts";
import { asKey, type Derivation, plain } from "../../auth/signing-key.ts";
import type { AuthenticationError } from "../../validation/request-error.ts";
import { canonicalHeaders, canonicalQuery, encode, maxAuthorization } from "../canonical.ts";

/** The three ways in which the clients of the Huawei family name their key, and what they make the signing key of. */
interface Variant {
  readonly algorithm: "SDK-HMAC-SHA256" | "V11-HMAC-SHA256";
  readonly keyId: string;
  /** Signed between the date and the hash, where there is one. */
  readonly scope?: string;
  readonly derivation: Derivation;
}

const authorization =
  /^((?:SDK|V11)-[A-Z0-9-]+) +(Access|Credential)=([^,\s]{1,256}), *SignedHeaders=([a-z0-9;_-]+), *Signature=([0-9a-f]{64})$/;

/**
 * Signatures of the Huawei family. Observed: the SDKs of Huawei Cloud sign with `Access=`, those of Open Telekom Cloud
 * with a credential scope (its region and service may be empty), derived credentials with V11. Which headers are signed
 * differs from client to client: they are taken as named, and host, content-type and x-project-id need not be among
 * them. A resent request is legal: there is no nonce.
 */
export const huaweiSignature = (request: SignableRequest): SignedRequest | AuthenticationError | undefined => {
  const { headers } = request;
  const given = headers.authorization;
  if (!given?.startsWith("SDK-") && !given?.startsWith("V11-")) return undefined;
  if (given.length > maxAuthorization) return { fault: "malformed" };
  const [, algorithm, form, credential = "", signed = "", signature = ""] = authorization.exec(given) ?? [];
  const date = headers["x-sdk-date"];
  const lines = canonicalHeaders(signed.split(";"), headers);
  if (algorithm === undefined || lines === undefined || !date) return { fault: "malformed" };
  const variant = readVariant(algorithm, form === "Access", credential, date);
  if ("fault" in variant) return variant;

  const stringToSignFor = (pathSigned: string) => {
    const { method, query, body } = request;
    const content = contentHash(headers["x-sdk-content-sha256"], body);
    const canonical = [method, canonicalPath(pathSigned), canonicalQuery(query), lines, signed, content];
    return huaweiStringToSign(variant, date, canonical);
  };
  return {
    keyId: variant.keyId,
    securityToken: headers["x-security-token"],
    signedAt: parseBasicSeconds(date),
    signature,
    get stringToSign() {
      return stringToSignFor(request.path);
    },
    get otherStringToSign() {
      const escaped = escapedByNode(request.path);
      return escaped === request.path ? undefined : stringToSignFor(escaped);
    },
    hash: "sha256",
    derivation: variant.derivation,
    encoding: "hex",
  };
};

/** The canonical request is: method, path, query, header lines, names of the signed headers, hash of the body. */
const huaweiStringToSign = (
  { algorithm, scope }: Pick<Variant, "algorithm" | "scope">,
  date: string,
  canonical: readonly string[],
): string =>
  `${algorithm}\n${date}\n${scope === undefined ? "" : `${scope}\n`}${hash("sha256", canonical.join("\n"), "hex")}`;

/** Every segment encoded, and a slash at the end whether the path has one or not. */
const canonicalPath = (path: string): string => {
  const encoded = /^[A-Za-z0-9_.~/-]*$/.test(path) ? path : path.split("/").map(encode).join("/");
  return encoded.endsWith("/") ? encoded : `${encoded}/`;
};

/**
 * Observed with Node's core alone: it signs the path after its URL parser escaped these characters, and escapes them
 * once more. No valid id has them, so whoever signed so is to hear that (P), and not that the secret is wrong.
 */
const escapedByNode = (path: string): string =>
  path.replaceAll(
    /[\t\n\r "'<>^`{|}]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );

const readVariant = (
  algorithm: string,
  access: boolean,
  credential: string,
  date: string,
): Variant | AuthenticationError => {
  if (algorithm !== "SDK-HMAC-SHA256" && algorithm !== "V11-HMAC-SHA256") return { fault: "unsupported-algorithm" };
  if (algorithm === "SDK-HMAC-SHA256" && access) return { algorithm, keyId: credential, derivation: plain };

  const [, keyId = "", scope = "", day, end] = scoped.exec(credential) ?? [];
  const expectedEnd = algorithm === "SDK-HMAC-SHA256" ? "/sdk_request" : undefined;
  // P: a scope is good for one day, and one of another day than the signed date's is nobody's.
  if (access || day !== date.slice(0, 8) || end !== expectedEnd) return { fault: "malformed" };
  const derive = end === undefined ? expanded(keyId, scope) : chained(scope);
  return { algorithm, keyId, scope, derivation: { name: `${algorithm} ${credential}`, derive } };
};

/** A key id, and the scope: day, region, service and with Open Telekom Cloud a fixed end. */
const scoped = /^([^/]+)\/(([^/]*)\/[^/]*\/[^/]*?(\/sdk_request)?)$/;

/** Of an Open Telekom Cloud client: the secret, then an HMAC for each part of the scope. */
const chained = (scope: string) => (secret: string) =>
  scope
    .split("/")
    .reduce<string | Buffer>((key, part) => createHmac("sha256", asKey(key)).update(part).digest(), `SDK${secret}`);

/** Of derived credentials: what HKDF makes of the secret, in hex. */
const expanded = (keyId: string, scope: string) => (secret: string) =>
  Buffer.from(hkdfSync("sha256", secret, keyId, scope, 32)).toString("hex");

/** Of most requests: the cancels have no body. Written out, so that loading this file does not load node:crypto. */
const hashOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Clients may send the hash along, or say that the body is not signed; what they sent is then in the signature. */
const contentHash = (sent: string | undefined, body: Buffer): string => {
  const actual = body.length === 0 ? hashOfNothing : hash("sha256", body, "hex");
  if (sent === undefined || sent === actual) return actual;
  return sent === "UNSIGNED-PAYLOAD" ? sent : "another body";
};
