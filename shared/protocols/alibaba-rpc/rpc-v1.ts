import type { SignableRequest } from "../../auth/signable-request.ts";
import { parseIsoSeconds, type SignedRequest } from "../../auth/signature.ts";
import type { Derivation } from "../../auth/signing-key.ts";
import type { AuthenticationError } from "../../validation/request-error.ts";
import { encode } from "../canonical.ts";

/**
 * Alibaba Cloud's RPC signature version 1: HMAC-SHA1 over all parameters but the signature, wherever they stand.
 * Observed with older SDKs: empty parameters are signed, and so are those that the server has no use for. Of the string
 * to sign, which a refusal repeats, the values of the parameters in `told` are no secrets.
 */
export const rpcV1 =
  (told: readonly string[]) =>
  ({ method, parameters, headers }: SignableRequest): SignedRequest | AuthenticationError | undefined => {
    const { Signature, AccessKeyId, SignatureMethod, SignatureVersion, Timestamp, SignatureNonce } = parameters;
    if (Signature === undefined && AccessKeyId === undefined) return undefined;
    if (!Signature || !AccessKeyId || !SignatureNonce) return { fault: "malformed" };
    if (!Timestamp) return { fault: "missing-time" };
    // P: headers are not signed here, and one that names another action than the signed parameter could be anybody's.
    const { Action, Version, SecurityToken } = parameters;
    const { "x-acs-action": action = Action, "x-acs-version": version = Version } = headers;
    if (action !== Action || version !== Version) return { fault: "malformed" };
    if (SignatureMethod !== "HMAC-SHA1" || SignatureVersion !== "1.0") return { fault: "unsupported-algorithm" };

    return {
      keyId: AccessKeyId,
      securityToken: SecurityToken,
      signedAt: parseIsoSeconds(Timestamp),
      signature: Signature,
      get stringToSign() {
        return rpcV1StringToSign(method, parameters);
      },
      shown: () => rpcV1StringToSign(method, withoutValues(parameters, told)),
      hash: "sha1",
      derivation: withAmpersand,
      // P: several base64 texts decode to the same bytes. Texts are compared, so that one of them alone is the signature.
      encoding: "base64",
      nonce: SignatureNonce,
    };
  };

/** Of all parameters but the signature itself: the canonical query, encoded once more as a whole. */
const rpcV1StringToSign = (method: string, parameters: Readonly<Record<string, string>>): string => {
  let pairs = "";
  for (const name of Object.keys(parameters).sort())
    if (name !== "Signature") pairs += `${pairs && "%26"}${encodeTwice(name)}%3D${encodeTwice(parameters[name] ?? "")}`;
  return `${method}&%2F&${pairs}`;
};

/** Piece by piece, since most pieces need no encoding at all. */
const encodeTwice = (text: string): string => {
  const encoded = encode(text);
  // Of what is encoded, only the percent signs are encoded again: replacing them takes four times as long.
  return encoded === text ? text : encodeURIComponent(encoded);
};

const signatureParameters = [
  ...["Action", "Version", "Format", "AccessKeyId", "Timestamp"],
  ...["SignatureMethod", "SignatureNonce", "SignatureType", "SignatureVersion"],
];

/** P: whatever another parameter is, and however its name is spelled, its value may be a secret. */
const withoutValues = (parameters: Readonly<Record<string, string>>, told: readonly string[]) => {
  const isTold = (name: string): boolean => signatureParameters.includes(name) || told.includes(name);
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, isTold(name) ? value : "***"]));
};

const withAmpersand: Derivation = { name: "&", derive: (secret) => `${secret}&` };
