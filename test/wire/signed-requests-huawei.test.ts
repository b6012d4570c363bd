import { describe, test } from "vitest";
import { everySignature, headerSignature } from "../support/signing/signature-cases.ts";
import { huaweiAccessSubjects, huaweiScopedSubjects } from "../support/signing/signed-subjects.ts";
import { type Case, expectOutcome, keys, useSignedBundle } from "../support/signing/signed-world.ts";
import { basicSeconds } from "../support/signing/signing-clients.ts";
import {
  all,
  authorization,
  body,
  composed,
  decomposed,
  header,
  lastChanged,
  method,
  path,
  query,
  twice,
} from "../support/signing/tamper.ts";
import { project } from "../support/stack/bundle.ts";
import { now } from "../support/stack/jobs.ts";

const long = "x".repeat(6000);
const ofMostBytes = (last: string): string => `{"a":"${"x".repeat(64 * 1024 - 9)}${last}"}`;
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const refused: readonly Case[] = [
  ...everySignature.refused,
  ...headerSignature.refused,
  // who and when
  { name: "date of another form", asks: header("X-Sdk-Date", "20261122T10:00:00Z"), outcome: "malformed time" },
  { name: "date that is none", asks: header("X-Sdk-Date", "20261122T256100Z"), outcome: "malformed time" },
  { name: "no date", arrives: header("X-Sdk-Date", undefined), outcome: "malformed" },
  { name: "date twice", arrives: twice("X-Sdk-Date"), outcome: "malformed time" },
  { name: "newer date", arrives: header("X-Sdk-Date", basicSeconds(now + 1000)), outcome: "mismatch" },
  {
    name: "newer date, which was not among the signed headers",
    signing: { signs: (name) => name === "host" },
    arrives: header("X-Sdk-Date", basicSeconds(now + 1000)),
    outcome: "mismatch",
  },
  { name: "unknown token beside the signature", arrives: header("X-Auth-Token", "guessed"), outcome: "unknown token" },
  // security token
  { name: "token of a permanent key", arrives: header("X-Security-Token", "x"), outcome: "wrong security token" },
  {
    name: "token dropped",
    signing: { key: keys.temporary },
    arrives: header("X-Security-Token", undefined),
    outcome: "malformed",
  },
  // headers
  { name: "signed header dropped", arrives: header("Content-Type", undefined), outcome: "malformed" },
  { name: "signed header changed", arrives: header("Content-Type", "text/plain"), outcome: "mismatch" },
  { name: "signed header twice", arrives: twice("X-Project-Id"), outcome: "mismatch" },
  {
    name: "header of every object",
    asks: header("constructor", "x"),
    signing: { signs: (name) => name === "constructor" },
    arrives: header("constructor", undefined),
    outcome: "malformed",
  },
  // parameters
  { name: "parameter changed", arrives: query("Filler", "c"), outcome: "mismatch" },
  {
    name: "parameter moved to the body",
    arrives: all(query("Filler", undefined), body('{"Filler":"a b"}')),
    outcome: "mismatch",
  },
  {
    name: "one byte of a very long value",
    asks: query("Filler", long),
    arrives: query("Filler", lastChanged),
    outcome: "mismatch",
  },
  // method, path, body
  { name: "other method", asks: method("GET"), arrives: method("DELETE"), outcome: "mismatch" },
  { name: "other job", asks: path((p) => `${p}0`), arrives: path((p) => p.slice(0, -1)), outcome: "mismatch" },
  {
    name: "other project",
    asks: path((p) => p.replace(project, lastChanged(project))),
    arrives: path((p) => p.replace(lastChanged(project), project)),
    outcome: "mismatch",
  },
  {
    name: "path encoded twice in the signature",
    asks: path((p) => p.replace("job-", "job%2D")),
    arrives: path((p) => p.replace("%2D", "%252D")),
    outcome: "mismatch",
  },
  { name: "path with a slash at its end", arrives: path((p) => `${p}/`), outcome: "no such API" },
  { name: "body added", arrives: body("{}"), outcome: "mismatch" },
  { name: "body changed", asks: body('{"a":1}'), arrives: body('{"a":2}'), outcome: "mismatch" },
  { name: "body removed", asks: body("{}"), arrives: body(""), outcome: "mismatch" },
  {
    name: "one byte of the largest body",
    asks: body(ofMostBytes("0")),
    arrives: body(ofMostBytes("1")),
    outcome: "mismatch",
  },
  { name: "hash of another body signed", asks: header("X-Sdk-Content-Sha256", "0".repeat(64)), outcome: "mismatch" },
  {
    name: "body said to be unsigned on the way",
    arrives: all(header("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD"), body("{}")),
    outcome: "mismatch",
  },
  // the header Authorization
  { name: "no Signature part", arrives: authorization((a) => a.replace(/, Signature=.*/, "")), outcome: "malformed" },
  {
    name: "no SignedHeaders part",
    arrives: authorization((a) => a.replace(/SignedHeaders=[^,]*, /, "")),
    outcome: "malformed",
  },
  {
    name: "no key part",
    arrives: authorization((a) => a.replace(/(Access|Credential)=[^,]*, /, "")),
    outcome: "malformed",
  },
  {
    name: "unknown algorithm of the family",
    arrives: authorization((a) => a.replace(/^\w+-HMAC-SHA256/, "SDK-HMAC-SM3")),
    outcome: "unsupported",
  },
  {
    name: "unknown algorithm",
    arrives: authorization((a) => a.replace(/^\w+-HMAC-SHA256/, "AWS4-HMAC-SHA256")),
    outcome: "unsupported",
  },
];

const accepted: readonly Omit<Case, "outcome">[] = [
  ...everySignature.accepted,
  ...headerSignature.accepted,
  {
    name: "temporary key with its token added after signing, as Go clients do",
    signing: { key: { ...keys.temporary, token: "" } },
    arrives: header("X-Security-Token", keys.temporary.token),
  },
  { name: "spaces around a header's value", arrives: header("Content-Type", (value) => `  ${value}\t`) },
  { name: "no spaces after the commas", arrives: authorization((a) => a.replaceAll(", ", ",")) },
  {
    name: "header names in lower case",
    arrives: ({ headers, ...message }) => ({
      ...message,
      headers: Object.fromEntries(Object.entries(headers).map(([n, value]) => [n.toLowerCase(), value])),
    }),
  },
  {
    name: "no host among the signed headers, as with golangsdk",
    signing: { signs: (name) => ["accept", "content-type", "user-agent", "x-sdk-date"].includes(name) },
    arrives: all(header("host", "elsewhere.test"), header("X-Project-Id", undefined)),
  },
  {
    name: "no content type, as with gophertelekomcloud",
    asks: header("Content-Type", undefined),
    signing: { signs: (name) => ["accept", "host", "user-agent", "x-sdk-date"].includes(name) },
  },
  { name: "all headers signed, as with Python", signing: { signs: () => true } },
  { name: "a valid token beside the signature", arrives: header("X-Auth-Token", "ops-token") },
  { name: "no query", asks: query("Filler", undefined) },
  { name: "unicode", asks: query("Filler", `${composed} ${decomposed} \u{1F6D1}`) },
  { name: "very long value", asks: query("Filler", long) },
  { name: "largest body", asks: body(ofMostBytes("0")) },
  { name: "escapes in the path that need none", asks: path((p) => p.replace("job-", "job%2D")) },
  { name: "hash of the body sent along", asks: header("X-Sdk-Content-Sha256", emptyHash) },
  { name: "body signed as unsigned", asks: header("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD"), arrives: body("{}") },
];

const ofScope: readonly Case[] = [
  {
    name: "the algorithm of the other kind of scope",
    arrives: authorization((a) => a.replace(/^\w+/, (name) => (name === "SDK" ? "V11" : "SDK"))),
    outcome: "malformed",
  },
  { name: "other day", arrives: authorization((a) => a.replace("/20261122/", "/20261121/")), outcome: "malformed" },
  { name: "other region", arrives: authorization((a) => a.replace("/20261122/", "/20261122/x")), outcome: "mismatch" },
  {
    name: "other service",
    arrives: authorization((a) => a.replace(/(\/20261122\/[^/]*\/)/, "$1x")),
    outcome: "mismatch",
  },
  {
    name: "no region and service",
    arrives: authorization((a) => a.replace(/\/20261122[^,]*/, "/20261122")),
    outcome: "malformed",
  },
  {
    name: "a part too many",
    arrives: authorization((a) => a.replace(/(\/20261122[^,]*)/, "$1/x")),
    outcome: "malformed",
  },
  { name: "no scope at all", arrives: authorization((a) => a.replace(/\/20261122[^,]*/, "")), outcome: "malformed" },
];

describe.each([...huaweiAccessSubjects, ...huaweiScopedSubjects])("$name", (subject) => {
  const bundle = useSignedBundle();

  test.each(refused)("refused: $name", (given) => expectOutcome(bundle, subject, given));

  test.each(accepted)("accepted: $name", (given) => expectOutcome(bundle, subject, { ...given, outcome: "accepted" }));
});

describe.each(huaweiScopedSubjects)("the scope of $name", (subject) => {
  const bundle = useSignedBundle();

  test.each(ofScope)("refused: $name", (given) => expectOutcome(bundle, subject, given));
});
