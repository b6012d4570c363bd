import { describe, expect, test } from "vitest";
import type { SignableRequest } from "../../../../shared/auth/signable-request.ts";
import { acs3 } from "../../../../shared/protocols/alibaba-rpc/acs3.ts";
import { aSignableRequest, asReceived } from "../../../support/signing/signable-requests.ts";
import { digest, type Message } from "../../../support/signing/signer.ts";
import { acs3Client } from "../../../support/signing/signing-clients.ts";
import { now } from "../../../support/stack/jobs.ts";

const key = { id: "AK", secret: "s3cret" };
const signing = { key, at: now, nonce: "n-1" };
const message: Message = {
  method: "POST",
  path: "/",
  query: { RegionId: "cn-hangzhou", JobId: "a b/c*" },
  form: { NamespacePassword: "p&p" },
  headers: { host: "gpdb.aliyuncs.com", "x-acs-action": "CancelCreateIndexJob", "x-acs-version": "2016-05-03" },
};

const signed = acs3Client("ACS3-HMAC-SHA256")(message, signing);
const request = asReceived(signed.message);
const malformed = { fault: "malformed" };

/** The request with other headers; what is undefined is left out. */
const withHeaders = (changed: SignableRequest["headers"], of = request): SignableRequest => ({
  ...of,
  headers: { ...of.headers, ...changed },
});

describe("signature version 3", () => {
  test.each([
    ["ACS3-HMAC-SHA256", "sha256"],
    ["ACS3-HMAC-SM3", "sm3"],
  ] as const)("%s is read as its clients sign", (algorithm, hash) => {
    const { message: sent, toSign } = acs3Client(algorithm)(message, signing);
    const read = acs3(asReceived(sent));
    expect(read).toMatchObject({
      keyId: "AK",
      securityToken: undefined,
      signedAt: now,
      signature: /Signature=(.+)/.exec(sent.headers.Authorization ?? "")?.[1],
      stringToSign: toSign.stringToSign,
      hash,
      derivation: { name: "" },
      encoding: "hex",
      nonce: "n-1",
    });
  });

  test("is read with a temporary key", () => {
    const { message: sent } = acs3Client("ACS3-HMAC-SHA256")(message, { ...signing, key: { ...key, token: "sts" } });
    expect(acs3(asReceived(sent))).toMatchObject({ keyId: "AK", securityToken: "sts" });
  });

  test.each([undefined, "", "Bearer ACS3-HMAC-SHA256", "SDK-HMAC-SHA256 Access=AK", "acs3-hmac-sha256"])(
    "is not used by %j",
    (authorization) => {
      expect(acs3(aSignableRequest({ headers: { authorization } }))).toBeUndefined();
    },
  );
});

const signature = "0".repeat(64);
const parts = (given: { algorithm?: string; id?: string; names?: string; signature?: string } = {}) => {
  const all = { algorithm: "ACS3-HMAC-SHA256", id: "AK", names: "x-acs-date", signature, ...given };
  return `${all.algorithm} Credential=${all.id},SignedHeaders=${all.names},Signature=${all.signature}`;
};

describe("an Authorization of version 3", () => {
  const read = (authorization: string) => acs3(withHeaders({ authorization }));

  test.each([
    ["as it should be", parts()],
    ["with spaces after the commas", parts().replaceAll(",", ",  ")],
    ["with spaces after the algorithm", parts().replace(" ", "   ")],
    ["with an id of 128 characters", parts({ id: "A".repeat(128) })],
  ])("%s is read", (_, authorization) => {
    expect(read(authorization)).toMatchObject({ signature });
  });

  test.each([
    ["without parts", "ACS3-HMAC-SHA256"],
    ["without an id", parts({ id: "" })],
    ["with an id of 129 characters", parts({ id: "A".repeat(129) })],
    ["with a space in the id", parts({ id: "A K" })],
    ["without signed headers", parts({ names: "" })],
    ["with signed headers in capitals", parts({ names: "X-Acs-Date" })],
    ["with a signature of 63 digits", parts({ signature: "0".repeat(63) })],
    ["with a signature of 65 digits", parts({ signature: "0".repeat(65) })],
    ["with a signature that is not in hex", parts({ signature: "g".repeat(64) })],
    ["with a signature in capitals", parts({ signature: "A".repeat(64) })],
    ["with something after it", `${parts()} `],
    ["with an algorithm in small letters", parts({ algorithm: "ACS3-hmac-sha256" })],
    ["that names a header that did not arrive", parts({ names: "x-acs-date;x-acs-trace" })],
  ])("%s is malformed", (_, authorization) => {
    expect(read(authorization)).toEqual(malformed);
  });

  test("of another text is no signature at all, wherever the right one stands in it", () => {
    expect(read(`ACS3-X ${parts()}`)).toEqual(malformed);
  });

  test.each(["ACS3-HMAC-SHA1", "ACS3-RSA-SHA256", "ACS3-HMAC-SHA256-X"])(
    "of %s is of no algorithm that is known here",
    (algorithm) => {
      expect(read(parts({ algorithm }))).toEqual({ fault: "unsupported-algorithm" });
    },
  );
});

describe("a request of version 3", () => {
  test.each(["x-acs-signature-nonce", "x-acs-date"])("without %s is malformed", (name) => {
    const { message: sent } = acs3Client("ACS3-HMAC-SHA256")(message, { ...signing, without: [name] });
    expect(acs3(asReceived(sent))).toEqual(malformed);
  });

  test.each(["x-acs-signature-nonce", "x-acs-date"])("with an empty %s is malformed", (name) => {
    expect(acs3(withHeaders({ [name]: "" }))).toEqual(malformed);
  });

  test("of a time in another form says so when it is verified", () => {
    expect(acs3(withHeaders({ "x-acs-date": "yesterday" }))).toMatchObject({ signedAt: Number.NaN });
  });
});

describe("the string to sign is another one", () => {
  const other = expect.not.stringMatching(signed.toSign.stringToSign);
  const otherBody = Buffer.from("NamespacePassword=other");

  test.each<[string, SignableRequest]>([
    ["with another method", { ...request, method: "GET" }],
    ["with another path", { ...request, path: "/v2" }],
    ["with another query", { ...request, query: { ...request.query, JobId: "x" } }],
    ["with another signed header", withHeaders({ "x-acs-action": "CancelUploadDocumentJob" })],
    ["with another body", { ...request, body: otherBody }],
    [
      "with another body and its hash",
      withHeaders({ "x-acs-content-sha256": digest("sha256", otherBody.toString()) }, { ...request, body: otherBody }),
    ],
    // P: what the request means stands in x-acs-* headers, and one that is not signed could be anybody's.
    ["with an x-acs header that is not signed", withHeaders({ "x-acs-trace": "t" })],
  ])("%s", (_, changed) => {
    expect(acs3(changed)).toMatchObject({ stringToSign: other });
  });

  test("never, with other headers that nobody signed", () => {
    const more = withHeaders({ "user-agent": "x", "my-x-acs-": "t" });
    expect(acs3(more)).toMatchObject({ stringToSign: signed.toSign.stringToSign });
  });

  // So that a client that signs what it claims of another body never signs what this service signs.
  test("of a wrong hash has words in place of the hash", () => {
    const wrong = withHeaders({ "x-acs-content-sha256": digest("sha256", "other") });
    const names = /SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const lines = names
      .split(";")
      .map((name) => `${name}:${wrong.headers[name]}\n`)
      .join("");
    const query = "JobId=a%20b%2Fc%2A&RegionId=cn-hangzhou";
    const canonical = ["POST", "/", query, lines, names, "another body"].join("\n");
    expect(acs3(wrong)).toMatchObject({ stringToSign: `ACS3-HMAC-SHA256\n${digest("sha256", canonical)}` });
  });
});
