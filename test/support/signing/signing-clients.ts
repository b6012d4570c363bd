import {
  type Acs3Algorithm,
  acs3Hash,
  acs3Signature,
  acs3ToSign,
  digest,
  type Fields,
  type HuaweiVariant,
  huaweiSignature,
  huaweiToSign,
  type Message,
  readBody,
  rpcV1Signature,
  rpcV1ToSign,
  scopeText,
  type ToSign,
} from "./signer.ts";

export interface Key {
  readonly id: string;
  readonly secret: string;
  readonly token?: string;
}

/** How a request is signed. What the message itself says (a header, a parameter) wins over what follows from this. */
export interface Signing {
  readonly key: Key;
  readonly at: number;
  readonly nonce: string;
  /** Headers or parameters that this client leaves out. */
  readonly without?: readonly string[];
  /** The headers that it signs; those that SDKs sign when absent. */
  readonly signs?: (name: string) => boolean;
}

/** A client gives the message with its signature, and the text that it signed. */
export interface Signed {
  readonly message: Message;
  readonly toSign: ToSign;
}

export type Client = (message: Message, signing: Signing) => Signed;

/** `2026-11-22T10:00:00Z` */
export const isoSeconds = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, "Z");

/** `20261122T100000Z` */
export const basicSeconds = (at: number): string => isoSeconds(at).replace(/[-:]/g, "");

export const without = (fields: Fields, ...names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

const signedNames = (headers: Fields, signs: (name: string) => boolean): readonly string[] =>
  Object.keys(headers)
    .map((name) => name.toLowerCase())
    .filter(signs)
    .sort();

const acs3Signs = (name: string): boolean => name.startsWith("x-acs-") || name === "host" || name === "content-type";

/** As @alicloud/openapi-core signs. */
export const acs3Client =
  (algorithm: Acs3Algorithm): Client =>
  (message, { key, at, nonce, without: left = [], signs = acs3Signs }) => {
    const all = {
      "x-acs-date": isoSeconds(at),
      "x-acs-signature-nonce": nonce,
      "x-acs-content-sha256": digest(acs3Hash(algorithm), readBody(message)),
      ...(key.token && { "x-acs-accesskey-id": key.id, "x-acs-security-token": key.token }),
      ...message.headers,
    };
    const headers = without(all, ...left);
    const names = signedNames(headers, signs);
    const toSign = acs3ToSign({ ...message, headers }, names, algorithm);
    const signature = acs3Signature(key.secret, toSign, algorithm);
    const authorization = `${algorithm} Credential=${key.id},SignedHeaders=${names.join(";")},Signature=${signature}`;
    return { message: { ...message, headers: { ...headers, Authorization: authorization } }, toSign };
  };

/** As @alicloud/openapi-client signs with version 1: what is not business goes into the query. */
export const rpcV1Client: Client = (message, { key, at, nonce, without: left = [] }) => {
  const all = {
    Format: "json",
    Timestamp: isoSeconds(at),
    SignatureNonce: nonce,
    SignatureMethod: "HMAC-SHA1",
    SignatureVersion: "1.0",
    AccessKeyId: key.id,
    ...(key.token && { SecurityToken: key.token }),
    ...message.query,
  };
  const query = without(all, ...left);
  const toSign = rpcV1ToSign({ ...message, query });
  return { message: { ...message, query: { ...query, Signature: rpcV1Signature(key.secret, toSign) } }, toSign };
};

const huaweiSigns = (name: string): boolean =>
  ["content-type", "host", "x-project-id", "x-sdk-content-sha256", "x-sdk-date", "x-security-token"].includes(name);

export interface HuaweiClientOf {
  readonly algorithm: HuaweiVariant["algorithm"];
  /** Those of the credential scope; without them the key is named as `Access=`. */
  readonly scope?: { readonly region: string; readonly service: string };
}

/** As the cores of Huawei Cloud's and Open Telekom Cloud's SDKs sign. */
export const huaweiClient =
  ({ algorithm, scope }: HuaweiClientOf): Client =>
  (message, { key, at, without: left = [], signs = huaweiSigns }) => {
    const date = message.headers["X-Sdk-Date"] ?? basicSeconds(at);
    const all = {
      "X-Sdk-Date": date,
      ...(key.token && { "X-Security-Token": key.token }),
      ...message.headers,
    };
    const headers = without(all, ...left);
    const names = signedNames(headers, signs);
    const variant = { algorithm, ...(scope && { scope: { day: basicSeconds(at).slice(0, 8), ...scope } }) };
    const toSign = huaweiToSign({ ...message, headers }, names, { ...variant, date });
    const credential = scope ? `Credential=${key.id}/${scopeText(variant)}` : `Access=${key.id}`;
    const signature = huaweiSignature(key, toSign, variant);
    const authorization = `${algorithm} ${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
    return { message: { ...message, headers: { ...headers, Authorization: authorization } }, toSign };
  };
