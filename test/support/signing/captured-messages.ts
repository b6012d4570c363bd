import { type Capture, headersOf, isAlibaba } from "./captures.ts";
import {
  acs3Signature,
  acs3ToSign,
  type Fields,
  type HuaweiVariant,
  huaweiSignature,
  huaweiToSign,
  type Message,
  rpcV1Signature,
  rpcV1ToSign,
  type ToSign,
} from "./signer.ts";

/** What the signer of the tests makes of a captured request, and the signature that its SDK made. */
export interface Recomputed {
  readonly toSign: ToSign;
  readonly signature: string;
  readonly sent: string | undefined;
}

export const messageOf = (capture: Capture): Message => {
  const [{ method, url, bodyUtf8 }] = capture.requests;
  const [path = "", query = ""] = url.split("?");
  const headers = headersOf(capture);
  return {
    method,
    path,
    query: fieldsOf(query),
    // In version 1 the form is signed as parameters, in the others as the bytes that it is.
    ...(isAlibaba(capture) && !headers.authorization ? { form: fieldsOf(bodyUtf8) } : { body: bodyUtf8 }),
    headers,
  };
};

const fieldsOf = (encoded: string): Fields => Object.fromEntries(new URLSearchParams(encoded));

export const keyOf = ({ credentials: { accessKeyId, accessKeySecret, ak, sk } }: Capture) => ({
  id: accessKeyId ?? ak ?? "",
  secret: accessKeySecret ?? sk ?? "",
});

export const recompute = (capture: Capture): Recomputed => {
  const message = messageOf(capture);
  const key = keyOf(capture);
  const { authorization } = message.headers;
  if (authorization === undefined) {
    const toSign = rpcV1ToSign(message);
    const sent = { ...message.query, ...message.form }.Signature;
    return { toSign, signature: rpcV1Signature(key.secret, toSign), sent };
  }
  const { algorithm, credential, names, signature: sent } = readAuthorization(authorization);
  if (isAlibaba(capture)) {
    const toSign = acs3ToSign(message, names, "ACS3-HMAC-SHA256");
    return { toSign, signature: acs3Signature(key.secret, toSign, "ACS3-HMAC-SHA256"), sent };
  }
  const variant = readVariant(algorithm, credential);
  const toSign = huaweiToSign(message, names, { ...variant, date: message.headers["x-sdk-date"] ?? "" });
  return { toSign, signature: huaweiSignature(key, toSign, variant), sent };
};

const readAuthorization = (authorization: string) => {
  const [, algorithm = "", credential = "", names = "", signature] =
    /^(\S+) (?:Access|Credential)=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(.+)$/.exec(authorization) ?? [];
  return { algorithm, credential, names: names.split(";"), signature };
};

const readVariant = (algorithm: string, credential: string): HuaweiVariant => {
  const [, day, region = "", service = ""] = credential.split("/");
  return {
    algorithm: algorithm === "V11-HMAC-SHA256" ? algorithm : "SDK-HMAC-SHA256",
    ...(day === undefined ? {} : { scope: { day, region, service } }),
  };
};
