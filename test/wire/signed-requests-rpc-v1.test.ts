import { describe, test } from "vitest";
import { everySignature } from "../support/signing/signature-cases.ts";
import { rpcV1Subject } from "../support/signing/signed-subjects.ts";
import { type Case, expectOutcome, keys, useSignedBundle } from "../support/signing/signed-world.ts";
import type { Message } from "../support/signing/signer.ts";
import { isoSeconds } from "../support/signing/signing-clients.ts";
import {
  all,
  body,
  composed,
  decomposed,
  form,
  header,
  lastChanged,
  method,
  path,
  query,
} from "../support/signing/tamper.ts";
import { now } from "../support/stack/jobs.ts";

const long = "x".repeat(60_000);

const allInForm = ({ query: moved, form: others, ...message }: Message): Message => ({
  ...message,
  query: {},
  form: { ...moved, ...others },
});

const allInQuery = ({ query: others, form: moved, ...message }: Message): Message => ({
  ...message,
  query: { ...others, ...moved },
});

const refused: readonly Case[] = [
  ...everySignature.refused,
  // who and when
  {
    name: "neither key nor signature",
    arrives: all(query("Signature", undefined), query("AccessKeyId", undefined)),
    outcome: "missing",
  },
  { name: "the id of another key", arrives: query("AccessKeyId", keys.other.id), outcome: "mismatch" },
  { name: "time of another form", asks: query("Timestamp", "20261122T100000Z"), outcome: "malformed time" },
  { name: "time that is none", asks: query("Timestamp", "2026-02-31T25:00:00Z"), outcome: "malformed time" },
  { name: "no time", signing: { without: ["Timestamp"] }, outcome: "no time" },
  { name: "newer time", arrives: query("Timestamp", isoSeconds(now + 1000)), outcome: "mismatch" },
  { name: "no nonce", signing: { without: ["SignatureNonce"] }, outcome: "malformed" },
  { name: "empty nonce", asks: query("SignatureNonce", ""), outcome: "malformed" },
  { name: "fresh nonce", arrives: query("SignatureNonce", "fresh"), outcome: "mismatch" },
  // security token
  { name: "token of a permanent key", asks: query("SecurityToken", "x"), outcome: "wrong security token" },
  {
    name: "token added unsigned",
    signing: { key: { ...keys.temporary, token: "" } },
    arrives: query("SecurityToken", keys.temporary.token),
    outcome: "mismatch",
  },
  // headers, which are not signed
  { name: "header of another action", arrives: header("x-acs-action", "CancelCreateIndexJob"), outcome: "malformed" },
  { name: "header of another version", arrives: header("x-acs-version", "2016-05-04"), outcome: "malformed" },
  {
    name: "an action in the header alone",
    asks: query("Action", undefined),
    arrives: header("x-acs-action", "CancelUploadDocumentJob"),
    outcome: "malformed",
  },
  // parameters
  { name: "other action", arrives: query("Action", "CancelCreateIndexJob"), outcome: "mismatch" },
  { name: "parameter changed", arrives: query("RegionId", "cn-beijing"), outcome: "mismatch" },
  { name: "form parameter changed", arrives: form("Namespace", "another"), outcome: "mismatch" },
  { name: "form parameter added", arrives: form("Force", "true"), outcome: "mismatch" },
  { name: "form removed", arrives: body(""), outcome: "mismatch" },
  { name: "in query and form", arrives: form("Filler", "a b"), outcome: "unreadable" },
  { name: "empty value added", arrives: query("SignatureType", ""), outcome: "mismatch" },
  {
    name: "other normalization form of unicode",
    asks: form("Word", composed),
    arrives: form("Word", decomposed),
    outcome: "mismatch",
  },
  {
    name: "one byte of a very long value",
    asks: form("Long", long),
    arrives: form("Long", lastChanged),
    outcome: "mismatch",
  },
  // method and path
  { name: "other method", arrives: all(allInQuery, method("GET")), outcome: "mismatch" },
  { name: "other path", arrives: path(() => "/other"), outcome: "no such API" },
  // the signature
  { name: "no Signature", arrives: query("Signature", undefined), outcome: "malformed" },
  { name: "empty Signature", arrives: query("Signature", ""), outcome: "malformed" },
  { name: "no AccessKeyId", signing: { without: ["AccessKeyId"] }, outcome: "malformed" },
  { name: "no SignatureMethod", signing: { without: ["SignatureMethod"] }, outcome: "unsupported" },
  { name: "no SignatureVersion", signing: { without: ["SignatureVersion"] }, outcome: "unsupported" },
  { name: "unknown algorithm", asks: query("SignatureMethod", "HMAC-SHA256"), outcome: "unsupported" },
  { name: "unknown version", asks: query("SignatureVersion", "2.0"), outcome: "unsupported" },
  {
    name: "signature changed",
    arrives: query("Signature", (s) => (s.startsWith("A") ? "B" : "A") + s.slice(1)),
    outcome: "mismatch",
  },
  { name: "signature cut short", arrives: query("Signature", (s) => s.slice(0, -4)), outcome: "mismatch" },
  { name: "signature without its padding", arrives: query("Signature", (s) => s.slice(0, -1)), outcome: "mismatch" },
  { name: "signature not base64", arrives: query("Signature", (s) => `*${s.slice(1)}`), outcome: "mismatch" },
  {
    name: "signature in the other base64",
    arrives: query("Signature", (s) => `${s.replaceAll("+", "-").replaceAll("/", "_").replace("=", "")}`),
    outcome: "mismatch",
  },
  {
    name: "signature in hex",
    arrives: query("Signature", (s) => Buffer.from(s, "base64").toString("hex")),
    outcome: "mismatch",
  },
];

const accepted: readonly Omit<Case, "outcome">[] = [
  ...everySignature.accepted,
  { name: "temporary key with its token", signing: { key: keys.temporary } },
  { name: "moved from query to form", arrives: all(query("Filler", undefined), form("Filler", "a b")) },
  { name: "all in the form", arrives: allInForm },
  { name: "all in the query", arrives: allInQuery },
  { name: "GET", asks: all(allInQuery, method("GET")) },
  {
    name: "headers of the same action",
    arrives: all(header("x-acs-action", "CancelUploadDocumentJob"), header("x-acs-version", "2016-05-03")),
  },
  {
    name: "other host and headers",
    arrives: all(header("host", "elsewhere.test"), header("X-Forwarded-For", "192.0.2.7")),
  },
  { name: "a header Authorization of another kind beside", arrives: header("Authorization", "HMAC-SHA1 x") },
  { name: "parameters in another order", url: (url) => url.replace(/\?(.*?)&(.*)$/, "?$2&$1") },
  { name: "empty value", asks: query("SignatureType", "") },
  { name: "unicode", asks: all(query("Filler", composed), form("Other", `${decomposed} \u{1F6D1}`)) },
  { name: "very long value", asks: form("Long", long) },
];

describe(rpcV1Subject.name, () => {
  const bundle = useSignedBundle();

  test.each(refused)("refused: $name", (given) => expectOutcome(bundle, rpcV1Subject, given));

  test.each(accepted)("accepted: $name", (given) =>
    expectOutcome(bundle, rpcV1Subject, { ...given, outcome: "accepted" }),
  );
});
