import fc from "fast-check";
import { project, type Sent } from "../../test/support/stack/bundle.ts";

/** A request of somebody without credentials, or with a key whose secret they do not have. */
export interface HostileRequest {
  readonly what: string;
  readonly method: string;
  readonly url: string;
  readonly sent: Sent;
  /** Such a key makes the table count its wrong signatures. */
  readonly knowsKey: boolean;
}

export const knownKey = { id: "known-key", secret: "nobody-knows" };

const largest = 1024 * 1024;
/** More than API Gateway lets through. */
const largestHead = 60_000;

/** As many small as large ones. */
const upTo = (most: number) =>
  fc.double({ min: 6, max: Math.log2(most), noNaN: true }).map((power) => Math.floor(2 ** power));

const filler = fc.constantFrom("x", "*", "%", "%2A", "+", "é", "\\", '"', "&", "=", " ", "%F0%9F%98%80", "[", "a,b;");
const textOf = (most: number) =>
  fc.tuple(filler, upTo(most)).map(([part, length]) => part.repeat(Math.ceil(length / part.length)).slice(0, length));

const manyOf = (most: number) =>
  fc
    .tuple(fc.constantFrom("a", "p=", "=v", "Signature=", "%41=%42", "NamespacePassword=", ""), upTo(most))
    .map(([part, length]) =>
      Array.from({ length: Math.ceil(length / (part.length + 6)) }, (_, index) => `${part}${index}`).join("&"),
    );

const keyId = fc.constantFrom(knownKey.id, "unknown-key");
const now = "2026-11-22T10:00:00Z";
const hex = "0".repeat(64);

const rpcV1 = (id: string): string =>
  new URLSearchParams({
    Action: "CancelCreateIndexJob",
    Version: "2016-05-03",
    AccessKeyId: id,
    SignatureMethod: "HMAC-SHA1",
    SignatureVersion: "1.0",
    SignatureNonce: "n",
    Timestamp: now,
    Signature: "AAAA",
  }).toString();

const acs3 = (id: string, signed = "host"): Record<string, string> => ({
  "x-acs-action": "CancelCreateIndexJob",
  "x-acs-version": "2016-05-03",
  "x-acs-date": now,
  "x-acs-signature-nonce": "n",
  authorization: `ACS3-HMAC-SHA256 Credential=${id},SignedHeaders=${signed},Signature=${hex}`,
});

const huawei = (id: string, signed = "host;x-sdk-date"): Record<string, string> => ({
  "x-sdk-date": "20261122T100000Z",
  authorization: `SDK-HMAC-SHA256 Access=${id}, SignedHeaders=${signed}, Signature=${hex}`,
});

const form = { "content-type": "application/x-www-form-urlencoded" };
const json = { "content-type": "application/json" };

const rest = fc.constantFrom<readonly [string, string]>(
  ["DELETE", `/v1.0/${project}/jobs/job-1`],
  ["DELETE", `/v3/${project}/scheduled-jobs/job-1`],
  ["DELETE", `/ges/v1.0/${project}/graphs/g/jobs/job-1`],
  ["GET", `/v1.0/${project}/jobs/job-1/status`],
  ["GET", `/v3/${project}/scheduled-jobs`],
);

const anyText = fc.oneof(textOf(largest), manyOf(largest));

const formsOfRpc = fc
  .tuple(keyId, anyText, fc.constantFrom("version 1", "version 3", "no"), fc.constantFrom("", "&Format=XML"))
  .map(([id, text, signature, format]): HostileRequest => {
    const isV1 = signature === "version 1";
    const headers = { ...form, ...(signature === "version 3" ? acs3(id) : {}) };
    const body = `${isV1 ? rpcV1(id) : "Action=CancelCreateIndexJob"}${format}&p=${text}`;
    return {
      what: `a form with ${signature} signature`,
      method: "POST",
      url: "/",
      sent: { headers, body },
      knowsKey: signature !== "no" && id === knownKey.id,
    };
  });

const nested = fc
  .tuple(fc.constantFrom("[", '{"a":', "[[],"), upTo(largest))
  .map(([part, length]) => part.repeat(Math.ceil(length / part.length)));

const bodiesOfRest = fc
  .tuple(
    rest,
    keyId,
    fc.oneof(
      nested,
      anyText,
      anyText.map((text) => JSON.stringify({ a: text })),
    ),
    fc.boolean(),
  )
  .map(
    ([[method, url], id, body, isSigned]): HostileRequest => ({
      what: `a body, ${isSigned ? "signed" : "with a token"}`,
      method,
      url,
      sent: { headers: { ...json, ...(isSigned ? huawei(id) : { "x-auth-token": "guessed" }) }, body },
      knowsKey: isSigned && id === knownKey.id,
    }),
  );

const headers = fc
  .tuple(rest, keyId, textOf(largestHead), fc.constantFrom("names", "one name", "value", "token", "date"))
  .map(([[method, url], id, text, where]): HostileRequest => {
    const names = Array.from({ length: Math.ceil(text.length / 6) }, (_, index) => `h${index}`).join(";");
    const value = text.replaceAll(/[^\x20-\x7e]/g, "x");
    const sent: Record<string, Record<string, string>> = {
      names: huawei(id, names),
      "one name": { ...huawei(id, `${"a;".repeat(text.length / 2)}a`), a: value.slice(0, 8000) },
      value: { ...huawei(id, "a;x-sdk-date"), a: value },
      token: { "x-auth-token": value },
      date: { ...huawei(id), "x-sdk-date": value },
    };
    return {
      what: `a header: ${where}`,
      method,
      url,
      sent: { headers: sent[where] ?? {} },
      knowsKey: where === "value" && id === knownKey.id,
    };
  });

const urls = fc
  .tuple(keyId, fc.oneof(textOf(largestHead), manyOf(largestHead)), fc.constantFrom("query", "path"))
  .map(([id, text, where]): HostileRequest => {
    const url =
      where === "query"
        ? `/v3/${project}/scheduled-jobs?${text}`
        : `/v1.0/${project}/jobs/${text.replaceAll(/[/?#]/g, "x")}`;
    return {
      what: `a ${where}`,
      method: where === "query" ? "GET" : "DELETE",
      url,
      sent: { headers: huawei(id) },
      knowsKey: id === knownKey.id,
    };
  });

const tokens = fc.tuple(fc.constantFrom("/jobs", "/jobs/01M8A7ZEJWWNSNH0VF0ZV2GBZ2/heartbeat"), anyText).map(
  ([url, body]): HostileRequest => ({
    what: "a body of the job API",
    method: "POST",
    url,
    sent: { headers: { ...json, authorization: "Bearer guessed" }, body },
    knowsKey: false,
  }),
);

export const hostileRequests = fc.oneof(formsOfRpc, bodiesOfRest, headers, urls, tokens);

/** What a client sends by mistake: the same for the same API, and short. */
export const wellFormed = ({ method, url, sent: { headers = {} }, knowsKey }: HostileRequest): HostileRequest => {
  const id = knowsKey ? knownKey.id : "unknown-key";
  if (url === "/") {
    const isV3 = headers.authorization !== undefined;
    const sent = {
      headers: { ...form, ...(isV3 ? acs3(id) : {}) },
      body: isV3 || !knowsKey ? "Action=CancelCreateIndexJob&JobId=1" : `${rpcV1(id)}&JobId=1`,
    };
    return { what: "well-formed", method, url, sent, knowsKey };
  }
  if (url.startsWith("/jobs"))
    return {
      what: "well-formed",
      method,
      url,
      sent: { headers: { ...json, authorization: "Bearer guessed" }, body: "{}" },
      knowsKey,
    };
  const [path = ""] = url.split("?");
  const isLong = path.length > 200;
  return {
    what: "well-formed",
    method,
    url: isLong ? `/v1.0/${project}/jobs/job-1` : path,
    sent: { headers: huawei(id) },
    knowsKey,
  };
};
