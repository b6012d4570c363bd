import { describe, expect, test } from "vitest";
import type { SignableRequest } from "../../../../shared/auth/signable-request.ts";
import type { SignedRequest } from "../../../../shared/auth/signature.ts";
import { signingKey } from "../../../../shared/auth/signing-key.ts";
import { Secret } from "../../../../shared/domain/secret.ts";
import { huaweiSignature } from "../../../../shared/protocols/huawei/signature.ts";
import { aSignableRequest, asReceived } from "../../../support/signing/signable-requests.ts";
import { digest, type Message, huaweiSignature as signatureOf } from "../../../support/signing/signer.ts";
import { type HuaweiClientOf, huaweiClient } from "../../../support/signing/signing-clients.ts";
import { now } from "../../../support/stack/jobs.ts";

const key = { id: "AK", secret: "s3cret" };
const signing = { key, at: now, nonce: "" };
const message: Message = {
  method: "DELETE",
  path: "/v1.0/p/jobs/1",
  query: { force: "true", a: "b c" },
  headers: { host: "dli.eu-de.otc.t-systems.com", "content-type": "application/json" },
};
const day = "20261122";
const sdk: HuaweiClientOf = { algorithm: "SDK-HMAC-SHA256" };
const scope = { region: "eu-de", service: "dli" };
const variants: readonly [string, HuaweiClientOf, string][] = [
  ["Huawei Cloud's SDKs", sdk, ""],
  ["Open Telekom Cloud's SDK", { ...sdk, scope }, `SDK-HMAC-SHA256 AK/${day}/eu-de/dli/sdk_request`],
  [
    "one that leaves region and service empty",
    { ...sdk, scope: { region: "", service: "" } },
    `SDK-HMAC-SHA256 AK/${day}///sdk_request`,
  ],
  ["derived credentials", { algorithm: "V11-HMAC-SHA256", scope }, `V11-HMAC-SHA256 AK/${day}/eu-de/dli`],
];

const signed = huaweiClient(sdk)(message, signing);
const request = asReceived(signed.message);
const malformed = { fault: "malformed" };

const withHeaders = (changed: SignableRequest["headers"], of = request): SignableRequest => ({
  ...of,
  headers: { ...of.headers, ...changed },
});

describe("a signature of the Huawei family", () => {
  test.each(variants)("is read as %s makes it", (_, variant, derivation) => {
    const { message: sent, toSign } = huaweiClient(variant)(message, signing);
    const read = huaweiSignature(asReceived(sent)) as SignedRequest;
    const signature = /Signature=(.+)/.exec(sent.headers.Authorization ?? "")?.[1];
    expect(read).toMatchObject({
      keyId: "AK",
      securityToken: undefined,
      signedAt: now,
      signature,
      stringToSign: toSign.stringToSign,
      hash: "sha256",
      derivation: { name: derivation },
      encoding: "hex",
    });
    expect(read).not.toHaveProperty("nonce");
    const hmacKey = signingKey(new Secret(key.secret), read.derivation);
    const named = { algorithm: variant.algorithm, ...(variant.scope && { scope: { day, ...variant.scope } }) };
    expect(signatureOf(key, toSign, named)).toBe(signature);
    expect(hmacKey.symmetricKeySize).toBe({ "": 6, V: 64, S: 32 }[derivation.slice(0, 1)]);
  });

  test("is read with a temporary key", () => {
    const { message: sent } = huaweiClient(sdk)(message, { ...signing, key: { ...key, token: "sts" } });
    expect(huaweiSignature(asReceived(sent))).toMatchObject({ securityToken: "sts" });
  });

  test.each([
    undefined,
    "",
    "Bearer SDK-HMAC-SHA256",
    "Bearer V11-HMAC-SHA256",
    "ACS3-HMAC-SHA256 Credential=AK",
    "sdk-hmac-sha256",
  ])("is not used by %j", (authorization) => {
    expect(huaweiSignature(aSignableRequest({ headers: { authorization } }))).toBeUndefined();
  });
});

// Node's core signs the path after its URL parser has escaped it.
describe("a path with characters that Node's URL parser escapes", () => {
  const readPath = (path: string) => huaweiSignature({ ...request, path }) as SignedRequest;

  test.each([
    ["a b", "a%20b"],
    ["\ta", "%09a"],
    ["{a|b}^`\"'<>", "%7Ba%7Cb%7D%5E%60%22%27%3C%3E"],
  ])("%j may be signed as %s", (id, escaped) => {
    const { stringToSign, otherStringToSign } = readPath(`/v1.0/p/jobs/${id}`);
    expect(otherStringToSign).toBe(readPath(`/v1.0/p/jobs/${escaped}`).stringToSign);
    expect(otherStringToSign).not.toBe(stringToSign);
  });

  test.each(["a", "a%20b", "é", "a:b"])("is not %j", (id) => {
    expect(readPath(`/v1.0/p/jobs/${id}`).otherStringToSign).toBeUndefined();
  });
});

const signature = "0".repeat(64);
const parts = (given: { algorithm?: string; form?: string; id?: string; names?: string; signature?: string } = {}) => {
  const all = { algorithm: "SDK-HMAC-SHA256", form: "Access", id: "AK", names: "x-sdk-date", signature, ...given };
  return `${all.algorithm} ${all.form}=${all.id}, SignedHeaders=${all.names}, Signature=${all.signature}`;
};
const credential = (id: string, algorithm = "SDK-HMAC-SHA256") => parts({ form: "Credential", id, algorithm });

describe("an Authorization of the Huawei family", () => {
  const read = (authorization: string) => huaweiSignature(withHeaders({ authorization }));

  test.each([
    ["as it should be", parts()],
    ["without spaces after the commas", parts().replaceAll(", ", ",")],
    ["with spaces after the commas", parts().replaceAll(", ", ",   ")],
    ["with spaces after the algorithm", parts().replace(" ", "   ")],
    ["with an id of 256 characters", parts({ id: "A".repeat(256) })],
    ["with an empty scope", credential(`AK/${day}///sdk_request`)],
    ["with a scope that was derived", credential(`AK/${day}/eu-de/dli`, "V11-HMAC-SHA256")],
  ])("%s is read", (_, authorization) => {
    expect(read(authorization)).toMatchObject({ signature });
  });

  test.each([
    ["without parts", "SDK-HMAC-SHA256"],
    ["without an id", parts({ id: "" })],
    ["with an id of 257 characters", parts({ id: "A".repeat(257) })],
    ["with a space in the id", parts({ id: "A K" })],
    ["with another word for the id", parts({ form: "Key" })],
    ["without signed headers", parts({ names: "" })],
    ["with signed headers in capitals", parts({ names: "X-Sdk-Date" })],
    ["with a signature of 63 digits", parts({ signature: "0".repeat(63) })],
    ["with a signature of 65 digits", parts({ signature: "0".repeat(65) })],
    ["with a signature that is not in hex", parts({ signature: "g".repeat(64) })],
    ["with something after it", `${parts()} `],
    ["with something between its start and it", `SDK-X ${parts()}`],
    ["that names a header that did not arrive", parts({ names: "x-sdk-date;x-trace" })],
    ["with a scope of another day", credential("AK/20261121/eu-de/dli/sdk_request")],
    ["with a scope without an end", credential(`AK/${day}/eu-de/dli`)],
    ["with a scope of another end", credential(`AK/${day}/eu-de/dli/other`)],
    ["with a scope without its service", credential(`AK/${day}/sdk_request`)],
    ["with no scope", credential("AK")],
    ["with something before the key", credential(`x/AK/${day}/eu-de/dli/sdk_request`)],
    ["with a scope and no key", credential(`/${day}/eu-de/dli/sdk_request`)],
    ["with a derived scope that has an end", credential(`AK/${day}/eu-de/dli/sdk_request`, "V11-HMAC-SHA256")],
    ["with a derived scope of another day", credential("AK/20261121/eu-de/dli", "V11-HMAC-SHA256")],
    ["with a derived scope without its service", credential(`AK/${day}/eu-de`, "V11-HMAC-SHA256")],
    ["of derived credentials without a scope", parts({ algorithm: "V11-HMAC-SHA256" })],
    [
      "of derived credentials that names them as a key",
      parts({ algorithm: "V11-HMAC-SHA256", id: `AK/${day}/eu-de/dli` }),
    ],
  ])("%s is malformed", (_, authorization) => {
    expect(read(authorization)).toEqual(malformed);
  });

  test.each(["SDK-HMAC-SM3", "V11-HMAC-SM3", "SDK-ECDSA-P256-SHA256"])(
    "of %s is of no algorithm that is known here",
    (algorithm) => {
      expect(read(parts({ algorithm }))).toEqual({ fault: "unsupported-algorithm" });
    },
  );
});

describe("a request of the Huawei family", () => {
  test.each([undefined, ""])("with the date %j is malformed", (date) => {
    const others = parts({ names: "host" });
    expect(huaweiSignature(withHeaders({ "x-sdk-date": date, authorization: others }))).toEqual(malformed);
  });

  test("of a time in another form says so when it is verified", () => {
    expect(huaweiSignature(withHeaders({ "x-sdk-date": "yesterday" }))).toMatchObject({ signedAt: Number.NaN });
  });
});

describe("the string to sign", () => {
  const names = ["content-type", "host", "x-sdk-date"];
  const date = "20261122T100000Z";
  const ofCanonical = (canonicalRequest: string) => `SDK-HMAC-SHA256\n${date}\n${digest("sha256", canonicalRequest)}`;

  // The clients encode every segment of the decoded path, and sign a slash at its end that the path need not have.
  test.each([
    ["/", "/"],
    ["/v1.0/p/jobs/1", "/v1.0/p/jobs/1/"],
    ["/v1.0/p/jobs/1/", "/v1.0/p/jobs/1/"],
    ["/v1.0/a b/é", "/v1.0/a%20b/%C3%A9/"],
    ["/v1.0/a+b(1)", "/v1.0/a%2Bb%281%29/"],
    ["/ü/a", "/%C3%BC/a/"],
  ])("of the path %s has %s", (path, canonicalPath) => {
    const lines = signed.toSign.canonicalRequest.split("\n");
    const canonicalRequest = [lines[0], canonicalPath, ...lines.slice(2)].join("\n");
    expect(huaweiSignature({ ...request, path })).toMatchObject({ stringToSign: ofCanonical(canonicalRequest) });
  });

  test.each<[string, Partial<SignableRequest>]>([
    ["method", { method: "POST" }],
    ["path", { path: "/v1.0/p/jobs/2" }],
    ["query", { query: { force: "false", a: "b c" } }],
    ["signed header", withHeaders({ host: "other" })],
    ["date", withHeaders({ "x-sdk-date": "20261122T100001Z" })],
    ["body", { body: Buffer.from("{}") }],
  ])("is another one with another %s", (_, changed) => {
    expect(huaweiSignature({ ...request, ...changed })).toMatchObject({
      stringToSign: expect.not.stringMatching(signed.toSign.stringToSign),
    });
  });

  // What a client says of its body is signed in place of the body's hash, unless it is the hash of another one.
  const body = '{"force":true}';
  const canonical = (content: string) => {
    const headers = { ...message.headers, "X-Sdk-Content-Sha256": content };
    const { message: sent, toSign } = huaweiClient(sdk)(
      { ...message, body, headers },
      { ...signing, signs: (name) => names.includes(name) },
    );
    return { read: huaweiSignature(asReceived(sent)), toSign };
  };

  test.each([digest("sha256", body), "UNSIGNED-PAYLOAD"])(
    "of a body that is said to be %s is the client's",
    (content) => {
      const { read, toSign } = canonical(content);
      expect(read).toMatchObject({ stringToSign: toSign.stringToSign });
    },
  );

  test.each([digest("sha256", "other"), "", "unsigned-payload"])(
    "of a body that is said to be %j has words in place of the hash",
    (content) => {
      const { read, toSign } = canonical(content);
      const actual = toSign.canonicalRequest.replace(/[^\n]*$/, "another body");
      expect(read).toMatchObject({ stringToSign: ofCanonical(actual) });
    },
  );

  test("of a body of which nothing is said has its hash", () => {
    const { message: sent, toSign } = huaweiClient(sdk)({ ...message, body }, signing);
    expect(huaweiSignature(asReceived(sent))).toMatchObject({ stringToSign: toSign.stringToSign });
  });
});
