import { createHash, createHmac, hkdfSync } from "node:crypto";

/**
 * Signs requests as the providers document it. Shares nothing with the product, so that both cannot be wrong in the
 * same way; test/shared/auth/signer.test.ts checks it against requests that the published SDKs signed.
 */

/** A request before it is put on the wire. Query and form hold plain values. */
export interface Message {
  readonly method: string;
  /** As on the wire. */
  readonly path: string;
  readonly query: Fields;
  /** Sent as a form. */
  readonly form?: Fields;
  /** Sent as it is, where there is no form. */
  readonly body?: string;
  readonly headers: Fields;
}

export type Fields = Readonly<Record<string, string>>;

/** Percent-encodes every byte but the unreserved characters of RFC 3986. */
export const percentEncode = (text: string): string => {
  let encoded = "";
  for (const byte of Buffer.from(text, "utf8")) {
    const character = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9_.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
};

const sorted = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, value]): [string, string] => [percentEncode(name), percentEncode(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&");

/** Name and value pairs as an SDK writes them into a URL or form. */
export const encodeFields = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join("&");

export const readBody = ({ form, body = "" }: Message): string => (form ? encodeFields(form) : body);

const headerLines = (headers: Fields, names: readonly string[]): string => {
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()]));
  return names.map((name) => `${name}:${byName.get(name)}\n`).join("");
};

export const digest = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");

const hmac = (algorithm: string, key: string | Buffer, text: string): Buffer =>
  createHmac(algorithm, key).update(text).digest();

/** Each scheme gives what is signed; `signature` says how. */
export interface ToSign {
  /** What the hash in the string to sign is of; empty in version 1, which hashes nothing. */
  readonly canonicalRequest: string;
  readonly stringToSign: string;
}

export type Acs3Algorithm = "ACS3-HMAC-SHA256" | "ACS3-HMAC-SM3";

export const acs3Hash = (algorithm: Acs3Algorithm): string => (algorithm === "ACS3-HMAC-SM3" ? "sm3" : "sha256");

export const acs3ToSign = (message: Message, names: readonly string[], algorithm: Acs3Algorithm): ToSign => {
  const canonicalRequest = [
    message.method,
    message.path,
    sorted(message.query),
    headerLines(message.headers, names),
    names.join(";"),
    digest(acs3Hash(algorithm), readBody(message)),
  ].join("\n");
  return { canonicalRequest, stringToSign: `${algorithm}\n${digest(acs3Hash(algorithm), canonicalRequest)}` };
};

export const acs3Signature = (secret: string, { stringToSign }: ToSign, algorithm: Acs3Algorithm): string =>
  hmac(acs3Hash(algorithm), secret, stringToSign).toString("hex");

/** All parameters, but for the signature itself. */
export const rpcV1ToSign = ({ method, query, form }: Message): ToSign => {
  const { Signature: _, ...signed } = { ...query, ...form };
  return { canonicalRequest: "", stringToSign: `${method}&${percentEncode("/")}&${percentEncode(sorted(signed))}` };
};

export const rpcV1Signature = (secret: string, { stringToSign }: ToSign): string =>
  hmac("sha1", `${secret}&`, stringToSign).toString("base64");

export interface HuaweiScope {
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

/** How a client of the Huawei family names its key. Without a scope it is `Access=`. */
export interface HuaweiVariant {
  readonly algorithm: "SDK-HMAC-SHA256" | "V11-HMAC-SHA256";
  readonly scope?: HuaweiScope;
}

/** The scope as it stands after the key id in `Credential=`, and in the string to sign. */
export const scopeText = ({ algorithm, scope }: HuaweiVariant): string | undefined =>
  scope &&
  [scope.day, scope.region, scope.service, ...(algorithm === "SDK-HMAC-SHA256" ? ["sdk_request"] : [])].join("/");

export const huaweiToSign = (
  message: Message,
  names: readonly string[],
  { date, ...variant }: HuaweiVariant & { readonly date: string },
): ToSign => {
  const segments = message.path.split("/").map((segment) => percentEncode(decodeURIComponent(segment)));
  const canonicalRequest = [
    message.method,
    `${segments.join("/")}/`,
    sorted(message.query),
    headerLines(message.headers, names),
    names.join(";"),
    message.headers["X-Sdk-Content-Sha256"] ?? digest("sha256", readBody(message)),
  ].join("\n");
  const scope = scopeText(variant);
  const lines = [variant.algorithm, date, ...(scope === undefined ? [] : [scope]), digest("sha256", canonicalRequest)];
  return { canonicalRequest, stringToSign: lines.join("\n") };
};

export const huaweiSignature = (
  { id, secret }: { readonly id: string; readonly secret: string },
  { stringToSign }: ToSign,
  variant: HuaweiVariant,
): string => hmac("sha256", huaweiKey(id, secret, variant), stringToSign).toString("hex");

const huaweiKey = (id: string, secret: string, variant: HuaweiVariant): string | Buffer => {
  const scope = scopeText(variant);
  if (scope === undefined) return secret;
  if (variant.algorithm === "V11-HMAC-SHA256")
    return Buffer.from(hkdfSync("sha256", secret, id, scope, 32)).toString("hex");
  let key: string | Buffer = `SDK${secret}`;
  for (const part of scope.split("/")) key = hmac("sha256", key, part);
  return key;
};
