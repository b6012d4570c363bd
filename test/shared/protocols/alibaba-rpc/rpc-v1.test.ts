import { describe, expect, test } from "vitest";
import type { SignedRequest } from "../../../../shared/auth/signature.ts";
import { rpcV1 } from "../../../../shared/protocols/alibaba-rpc/rpc-v1.ts";
import { aSignableRequest, asReceived } from "../../../support/signing/signable-requests.ts";
import type { Message } from "../../../support/signing/signer.ts";
import { rpcV1Client } from "../../../support/signing/signing-clients.ts";
import { now } from "../../../support/stack/jobs.ts";

const key = { id: "AK", secret: "s3cret" };
const message: Message = {
  method: "POST",
  path: "/",
  query: { Action: "CancelCreateIndexJob", Version: "2016-05-03" },
  form: { JobId: "a b/c*", Namespace: "" },
  headers: { host: "gpdb.aliyuncs.com" },
};
const sign = (of: Message, token?: string) =>
  rpcV1Client(of, { key: token === undefined ? key : { ...key, token }, at: now, nonce: "n-1" });
const signed = sign(message);
const request = asReceived(signed.message);

/** The request with other parameters; those that are undefined are left out. */
const withParameters = (changed: Readonly<Record<string, string | undefined>>) => ({
  ...request,
  parameters: Object.fromEntries(
    Object.entries({ ...request.parameters, ...changed }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  ),
});

const read = rpcV1(["RegionId", "DBInstanceId", "Namespace", "Collection", "JobId"]);

describe("signature version 1", () => {
  test("is read as its clients sign", () => {
    const found = read(request) as SignedRequest;
    expect(found).toMatchObject({
      keyId: "AK",
      securityToken: undefined,
      signedAt: now,
      signature: signed.message.query.Signature,
      stringToSign: signed.toSign.stringToSign,
      hash: "sha1",
      encoding: "base64",
      nonce: "n-1",
    });
    expect(found.derivation.derive("s3cret")).toBe("s3cret&");
    // Keys are kept by the name of their derivation: it must not be that of a scheme that uses the secret as it is.
    expect(found.derivation.name).toBe("&");
  });

  test("is read with a temporary key", () => {
    expect(read(asReceived(sign(message, "sts").message))).toMatchObject({ keyId: "AK", securityToken: "sts" });
  });

  test("is not used without a signature and a key", () => {
    expect(read(withParameters({ Signature: undefined, AccessKeyId: undefined }))).toBeUndefined();
    expect(read(aSignableRequest())).toBeUndefined();
  });

  test.each(["Signature", "AccessKeyId", "SignatureNonce"])("without %s is malformed", (name) => {
    expect(read(withParameters({ [name]: undefined }))).toEqual({ fault: "malformed" });
    expect(read(withParameters({ [name]: "" }))).toEqual({ fault: "malformed" });
  });

  test.each([undefined, ""])("with the Timestamp %o has none", (Timestamp) => {
    expect(read(withParameters({ Timestamp }))).toEqual({ fault: "missing-time" });
  });

  test.each([
    { SignatureMethod: "HMAC-SHA256" },
    { SignatureMethod: undefined },
    { SignatureVersion: "2.0" },
    { SignatureVersion: undefined },
  ])("with %o is of no algorithm that is known here", (changed) => {
    expect(read(withParameters(changed))).toEqual({ fault: "unsupported-algorithm" });
  });

  // P: headers are not signed, and one that names another action than the signed parameter could be anybody's.
  test.each([
    [{ "x-acs-action": "CancelCreateIndexJob", "x-acs-version": "2016-05-03" }, true],
    [{ "x-acs-action": "CancelUploadDocumentJob" }, false],
    [{ "x-acs-version": "2016-05-04" }, false],
  ])("with the headers %o is read: %s", (headers, isRead) => {
    const found = read({ ...request, headers: { ...request.headers, ...headers } });
    expect(found).toMatchObject(isRead ? { keyId: "AK" } : { fault: "malformed" });
  });

  test("of a time in another form says so when it is verified", () => {
    expect(read(withParameters({ Timestamp: "yesterday" }))).toMatchObject({ signedAt: Number.NaN });
  });
});

describe("the string to sign of version 1", () => {
  test("has the method, the root and all parameters but the signature, by name and encoded twice", () => {
    const parameters = {
      b: "x y",
      Signature: "s",
      AccessKeyId: "AK",
      Timestamp: "t",
      SignatureNonce: "n",
      SignatureMethod: "HMAC-SHA1",
      SignatureVersion: "1.0",
      a: "",
    };
    expect(read(aSignableRequest({ method: "GET", parameters }))).toMatchObject({
      stringToSign: [
        "GET&%2F&AccessKeyId%3DAK",
        "SignatureMethod%3DHMAC-SHA1",
        "SignatureNonce%3Dn",
        "SignatureVersion%3D1.0",
        "Timestamp%3Dt",
        "a%3D",
        "b%3Dx%2520y",
      ].join("%26"),
    });
  });

  test("is shown as it is where it has no secret", () => {
    expect((read(request) as SignedRequest).shown?.()).toBe(signed.toSign.stringToSign);
  });

  test("is shown without the secret that it has", () => {
    const secret = sign({ ...message, form: { ...message.form, NamespacePassword: "p" } });
    const hidden = sign({ ...message, form: { ...message.form, NamespacePassword: "***" } });
    const found = read(asReceived(secret.message)) as SignedRequest;
    expect(found.stringToSign).toBe(secret.toSign.stringToSign);
    expect(found.shown?.()).toBe(hidden.toSign.stringToSign);
  });

  test.each(["NamespacePass", "namespacepassword", "pw", "SecurityToken", "Nаmespace"])(
    "is shown without what stands under %s, which is none of the names it knows",
    (name) => {
      const secret = sign({ ...message, form: { ...message.form, [name]: "marked" } });
      const found = read(asReceived(secret.message)) as SignedRequest;
      expect(found.stringToSign).toContain("marked");
      expect(found.shown?.()).not.toContain("marked");
    },
  );
});
