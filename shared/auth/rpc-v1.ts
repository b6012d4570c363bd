import { createHmac } from "node:crypto";
import type { AuthenticationFault } from "../validation/failure.ts";
import { canonicalQuery, encode } from "./canonical.ts";
import type { Presented } from "./presented.ts";
import { type Claim, keyOf, parseIsoSeconds } from "./signature.ts";

/**
 * Alibaba Cloud's RPC signature version 1: HMAC-SHA1 over all parameters but the signature, wherever they stand.
 * Observed with older SDKs: empty parameters are signed, and so are those that the server has no use for.
 */
export const rpcV1 = ({ method, parameters, headers }: Presented): Claim | AuthenticationFault | undefined => {
  const { Signature, ...signed } = parameters;
  const { AccessKeyId, SignatureMethod, SignatureVersion, Timestamp, SignatureNonce } = signed;
  if (Signature === undefined && AccessKeyId === undefined) return undefined;
  if (!Signature || !AccessKeyId || !Timestamp || !SignatureNonce) return { fault: "malformed" };
  const signature = Buffer.from(Signature, "base64");
  // Some texts decode to the same bytes: only the one that is written for them is the signature.
  if (signature.toString("base64") !== Signature) return { fault: "malformed" };
  // Headers are not signed here: one that names another action than the signed parameter could be anybody's.
  const { "x-acs-action": action = signed.Action, "x-acs-version": version = signed.Version } = headers;
  if (action !== signed.Action || version !== signed.Version) return { fault: "malformed" };
  if (SignatureMethod !== "HMAC-SHA1" || SignatureVersion !== "1.0") return { fault: "unsupported-algorithm" };

  const { NamespacePassword, ...open } = signed;
  return {
    keyId: AccessKeyId,
    securityToken: signed.SecurityToken,
    signedAt: parseIsoSeconds(Timestamp),
    signature,
    stringToSign: rpcV1StringToSign(method, signed),
    shown: rpcV1StringToSign(method, NamespacePassword === undefined ? open : { ...open, NamespacePassword: "***" }),
    sign: rpcV1Sign,
    nonce: SignatureNonce,
  };
};

export const rpcV1StringToSign = (method: string, parameters: Readonly<Record<string, string>>): string =>
  `${method}&%2F&${encode(canonicalQuery(parameters))}`;

export const rpcV1Sign = (secret: string, stringToSign: string): Buffer =>
  createHmac("sha1", keyOf(`${secret}&`))
    .update(stringToSign)
    .digest();
