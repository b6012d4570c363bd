import { describe, test } from "vitest";
import { everySignature, headerSignature } from "../support/signing/signature-cases.ts";
import { acs3Subjects } from "../support/signing/signed-subjects.ts";
import { type Case, expectOutcome, keys, useSignedBundle } from "../support/signing/signed-world.ts";
import { isoSeconds } from "../support/signing/signing-clients.ts";
import {
  all,
  authorization,
  body,
  composed,
  decomposed,
  form,
  header,
  lastChanged,
  method,
  path,
  query,
  twice,
} from "../support/signing/tamper.ts";
import { now } from "../support/stack/jobs.ts";

const long = "x".repeat(60_000);

const refused: readonly Case[] = [
  ...everySignature.refused,
  ...headerSignature.refused,
  // who and when
  { name: "date of another form", asks: header("x-acs-date", "20261122T100000Z"), outcome: "malformed time" },
  { name: "date that is none", asks: header("x-acs-date", "2026-13-41T10:00:00Z"), outcome: "malformed time" },
  { name: "no date", signing: { without: ["x-acs-date"] }, outcome: "malformed" },
  { name: "date twice", arrives: twice("x-acs-date"), outcome: "malformed time" },
  { name: "newer date", arrives: header("x-acs-date", isoSeconds(now + 1000)), outcome: "mismatch" },
  { name: "no nonce", signing: { without: ["x-acs-signature-nonce"] }, outcome: "malformed" },
  { name: "fresh nonce", arrives: header("x-acs-signature-nonce", "fresh"), outcome: "mismatch" },
  // security token
  { name: "token of a permanent key", asks: header("x-acs-security-token", "x"), outcome: "wrong security token" },
  {
    name: "token changed",
    signing: { key: keys.temporary },
    arrives: header("x-acs-security-token", lastChanged),
    outcome: "wrong security token",
  },
  // headers
  { name: "signed header dropped", arrives: header("x-acs-version", undefined), outcome: "malformed" },
  { name: "signed header changed", arrives: header("x-acs-version", "2016-05-04"), outcome: "mismatch" },
  { name: "other action", arrives: header("x-acs-action", "CancelCreateIndexJob"), outcome: "mismatch" },
  { name: "signed header twice", arrives: twice("x-acs-action"), outcome: "mismatch" },
  { name: "x-acs- header added", arrives: header("x-acs-retry-attempts", "1"), outcome: "mismatch" },
  {
    name: "action signed by nobody",
    signing: { signs: (name) => name.startsWith("x-acs-") && name !== "x-acs-action" },
    outcome: "mismatch",
  },
  {
    name: "header of every object",
    asks: header("constructor", "x"),
    arrives: header("constructor", undefined),
    signing: { signs: (name) => name.startsWith("x-acs-") || name === "constructor" },
    outcome: "malformed",
  },
  // parameters
  { name: "parameter changed", arrives: query("RegionId", "cn-beijing"), outcome: "mismatch" },
  {
    name: "moved from query to form",
    arrives: all(query("Filler", undefined), form("Filler", "a b")),
    outcome: "mismatch",
  },
  {
    name: "moved from form to query",
    arrives: all(form("Namespace", undefined), query("Namespace", "mynamespace")),
    outcome: "mismatch",
  },
  {
    name: "one byte of a very long value",
    asks: form("Long", long),
    arrives: form("Long", lastChanged),
    outcome: "mismatch",
  },
  // method, path, body
  { name: "other method", arrives: method("GET"), outcome: "mismatch" },
  { name: "other path signed", asks: path(() => "/other"), arrives: path(() => "/"), outcome: "mismatch" },
  { name: "other path", arrives: path(() => "/other"), outcome: "no such API" },
  { name: "body changed", arrives: form("Namespace", "another"), outcome: "mismatch" },
  { name: "body removed", arrives: body(""), outcome: "mismatch" },
  { name: "hash of another body signed", asks: header("x-acs-content-sha256", "0".repeat(64)), outcome: "mismatch" },
  { name: "no hash of the body", signing: { without: ["x-acs-content-sha256"] }, outcome: "mismatch" },
  { name: "UNSIGNED-PAYLOAD", asks: header("x-acs-content-sha256", "UNSIGNED-PAYLOAD"), outcome: "mismatch" },
  // the header Authorization
  { name: "no Signature part", arrives: authorization((a) => a.replace(/,Signature=.*/, "")), outcome: "malformed" },
  {
    name: "no SignedHeaders part",
    arrives: authorization((a) => a.replace(/SignedHeaders=[^,]*,/, "")),
    outcome: "malformed",
  },
  {
    name: "no Credential part",
    arrives: authorization((a) => a.replace(/Credential=[^,]*,/, "")),
    outcome: "malformed",
  },
  { name: "empty Credential", arrives: authorization((a) => a.replace("good-ak", "")), outcome: "malformed" },
  { name: "a part of it twice", arrives: authorization((a) => `${a},Signature=00`), outcome: "malformed" },
  {
    name: "unknown algorithm of the family",
    arrives: authorization((a) => a.replace(/^ACS3-HMAC-\w+/, "ACS3-HMAC-MD5")),
    outcome: "unsupported",
  },
  {
    name: "unknown algorithm",
    arrives: authorization((a) => a.replace(/^ACS3-HMAC-\w+/, "AWS4-HMAC-SHA256")),
    outcome: "unsupported",
  },
  {
    name: "the other hash's algorithm",
    arrives: authorization((a) => a.replace(/SHA256|SM3/, (hash) => (hash === "SM3" ? "SHA256" : "SM3"))),
    outcome: "mismatch",
  },
];

const accepted: readonly Omit<Case, "outcome">[] = [
  ...everySignature.accepted,
  ...headerSignature.accepted,
  { name: "spaces around a header's value", arrives: header("x-acs-credentials-provider", (v) => `  ${v}\t`) },
  { name: "spaces after the commas", arrives: authorization((a) => a.replaceAll(",", ", ")) },
  {
    name: "header names in upper case",
    arrives: ({ headers: { host = "", ...headers }, ...message }) => ({
      ...message,
      headers: { host, ...Object.fromEntries(Object.entries(headers).map(([n, value]) => [n.toUpperCase(), value])) },
    }),
  },
  {
    name: "only x-acs- headers signed",
    signing: { signs: (name) => name.startsWith("x-acs-") },
    arrives: header("host", "elsewhere.test"),
  },
  { name: "all headers signed", signing: { signs: () => true } },
  { name: "signed retry headers", asks: all(header("x-acs-retry-attempts", "1"), header("x-acs-retry-delay", "100")) },
  { name: "parameters in another order", url: (url) => url.replace(/\?(.*?)&(.*)$/, "?$2&$1") },
  { name: "unicode", asks: all(query("Filler", composed), form("Other", `${decomposed} \u{1F6D1}`)) },
  { name: "very long value", asks: form("Long", long) },
  {
    name: "all parameters in the query",
    asks: ({ form: moved, ...message }) => ({ ...message, query: { ...message.query, ...moved } }),
  },
  { name: "GET", asks: ({ form: moved, ...m }) => ({ ...m, method: "GET", query: { ...m.query, ...moved } }) },
];

describe.each(acs3Subjects)("$name", (subject) => {
  const bundle = useSignedBundle();

  test.each(refused)("refused: $name", (given) => expectOutcome(bundle, subject, given));

  test.each(accepted)("accepted: $name", (given) => expectOutcome(bundle, subject, { ...given, outcome: "accepted" }));
});
