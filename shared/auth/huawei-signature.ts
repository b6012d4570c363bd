import { createHmac, hash, hkdfSync } from "node:crypto";
import type { AuthenticationFault } from "../validation/failure.ts";
import { canonicalHeaders, canonicalQuery, encode } from "./canonical.ts";
import type { Presented } from "./presented.ts";
import { type Claim, keyOf, parseBasicSeconds } from "./signature.ts";

/** The three ways in which the clients of the Huawei family name their key, and what they make the signing key of. */
interface Variant {
  readonly algorithm: "SDK-HMAC-SHA256" | "V11-HMAC-SHA256";
  readonly keyId: string;
  /** Signed between the date and the hash, where there is one. */
  readonly scope?: string;
  readonly signingKey: (secret: string) => string | Buffer;
}

const authorization =
  /^((?:SDK|V11)-[A-Z0-9-]+) +(Access|Credential)=([^,\s]{1,256}), *SignedHeaders=([a-z0-9;_-]{1,4096}), *Signature=([0-9a-f]{64})$/;

/**
 * Signatures of the Huawei family. Observed: the SDKs of Huawei Cloud sign with `Access=`, those of Open Telekom Cloud
 * with a credential scope (its region and service may be empty), derived credentials with V11. Which headers are signed
 * differs from client to client: they are taken as named, and host, content-type and x-project-id need not be among
 * them. A resent request is legal: there is no nonce.
 */
export const huaweiSignature = (request: Presented): Claim | AuthenticationFault | undefined => {
  const { headers } = request;
  const given = headers.authorization;
  if (!given || !/^(SDK|V11)-/.test(given)) return undefined;
  const [, algorithm, form, credential = "", signed = "", signature = ""] = authorization.exec(given) ?? [];
  const date = headers["x-sdk-date"];
  const lines = canonicalHeaders(signed.split(";"), headers);
  if (algorithm === undefined || lines === undefined || !date) return { fault: "malformed" };
  const variant = variantOf(algorithm, form === "Access", credential, date);
  if (variant === undefined) return { fault: "unsupported-algorithm" };

  const { method, path, query, body } = request;
  const content = contentHash(headers["x-sdk-content-sha256"], body);
  const canonical = [method, canonicalPath(path), canonicalQuery(query), lines, signed, content];
  return {
    keyId: variant.keyId,
    securityToken: headers["x-security-token"],
    signedAt: parseBasicSeconds(date),
    signature: Buffer.from(signature, "hex"),
    stringToSign: huaweiStringToSign(variant, date, canonical),
    sign: (secret, text) =>
      createHmac("sha256", keyOf(variant.signingKey(secret)))
        .update(text)
        .digest(),
  };
};

/** The canonical request is: method, path, query, header lines, names of the signed headers, hash of the body. */
export const huaweiStringToSign = (
  { algorithm, scope }: Pick<Variant, "algorithm" | "scope">,
  date: string,
  canonical: readonly string[],
): string =>
  [algorithm, date, ...(scope === undefined ? [] : [scope]), hash("sha256", canonical.join("\n"), "hex")].join("\n");

/** Every segment encoded, and a slash at the end whether the path has one or not. */
export const canonicalPath = (path: string): string => {
  const encoded = path.split("/").map(encode).join("/");
  return encoded.endsWith("/") ? encoded : `${encoded}/`;
};

const variantOf = (algorithm: string, access: boolean, credential: string, date: string): Variant | undefined => {
  if (algorithm === "SDK-HMAC-SHA256" && access)
    return { algorithm, keyId: credential, signingKey: (secret) => secret };

  const [keyId = "", day = "", region = "", service = "", end, ...rest] = credential.split("/");
  if (access || rest.length > 0 || day !== date.slice(0, 8)) return undefined;
  const scope = [day, region, service];
  if (algorithm === "SDK-HMAC-SHA256" && end === "sdk_request")
    return {
      algorithm,
      keyId,
      scope: [...scope, end].join("/"),
      signingKey: (secret) => [...scope, end].reduce<string | Buffer>(chain, `SDK${secret}`),
    };
  if (algorithm === "V11-HMAC-SHA256" && end === undefined)
    return {
      algorithm,
      keyId,
      scope: scope.join("/"),
      signingKey: (secret) => Buffer.from(hkdfSync("sha256", secret, keyId, scope.join("/"), 32)).toString("hex"),
    };
  return undefined;
};

const chain = (key: string | Buffer, part: string): Buffer => createHmac("sha256", keyOf(key)).update(part).digest();

/** Clients may send the hash along, or say that the body is not signed; what they sent is then in the signature. */
const contentHash = (sent: string | undefined, body: Buffer): string => {
  const actual = hash("sha256", body, "hex");
  if (sent === undefined || sent === actual) return actual;
  return sent === "UNSIGNED-PAYLOAD" ? sent : "another body";
};
