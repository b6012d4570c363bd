import { describe, expect, test } from "vitest";
import {
  alibabaBearer,
  authToken,
  bearer,
  identify,
  type Scheme,
  signedBy,
  unauthenticated,
  unsupported,
} from "../../../shared/auth/authenticate.ts";
import type { SignableRequest } from "../../../shared/auth/signable-request.ts";
import type { Principal } from "../../../shared/domain/principal.ts";
import type { CredentialStore } from "../../../shared/ports/credential-store.ts";
import { RequestRejected } from "../../../shared/validation/request-error.ts";
import { aSignableRequest } from "../../support/signing/signable-requests.ts";
import { now } from "../../support/stack/jobs.ts";

const ops: Principal = { name: "ops", policies: [] };
const credentials: CredentialStore = {
  byToken: (token, at) => (token === "t0ken" && at === now ? ops : undefined),
  byKey: () => undefined,
  byTrigger: () => undefined,
};
const context = { credentials, now, trigger: "http" } as const;

describe("a token", () => {
  test.each<[string, Scheme, Partial<SignableRequest>, string | undefined]>([
    ["X-Auth-Token", authToken, { headers: { "x-auth-token": "t0ken" } }, "ops"],
    ["X-Auth-Token that nobody has", authToken, { headers: { "x-auth-token": "x" } }, "unknown-token"],
    ["an empty X-Auth-Token", authToken, { headers: { "x-auth-token": "" } }, undefined],
    ["no X-Auth-Token", authToken, { headers: { authorization: "Bearer t0ken" } }, undefined],
    ["Authorization: Bearer", bearer, { headers: { authorization: "Bearer t0ken" } }, "ops"],
    ["bearer in small letters (RFC 7235, 2.1)", bearer, { headers: { authorization: "bearer t0ken" } }, "ops"],
    ["Bearer among spaces", bearer, { headers: { authorization: "Bearer   t0ken  " } }, "ops"],
    ["Bearer that nobody has", bearer, { headers: { authorization: "Bearer x" } }, "unknown-token"],
    ["Bearer without a token", bearer, { headers: { authorization: "Bearer " } }, undefined],
    ["Bearer without a space", bearer, { headers: { authorization: "Bearert0ken" } }, undefined],
    ["Bearer with two tokens", bearer, { headers: { authorization: "Bearer t0ken t0ken" } }, undefined],
    ["Bearer after another word", bearer, { headers: { authorization: "My Bearer t0ken" } }, undefined],
    ["another Authorization", bearer, { headers: { authorization: "Basic t0ken" } }, undefined],
    ["no Authorization", bearer, {}, undefined],
    ["x-acs-bearer-token", alibabaBearer, { headers: { "x-acs-bearer-token": "t0ken" } }, "ops"],
    ["the parameter BearerToken", alibabaBearer, { parameters: { BearerToken: "t0ken" } }, "ops"],
    [
      "both, the header wins",
      alibabaBearer,
      { headers: { "x-acs-bearer-token": "x" }, parameters: { BearerToken: "t0ken" } },
      "unknown-token",
    ],
    ["neither", alibabaBearer, {}, undefined],
  ])("in %s", (_, scheme, request, found) => {
    const answers: Readonly<Record<string, object>> = {
      ops: { principal: ops },
      "unknown-token": { fault: "unknown-token" },
    };
    expect(scheme(aSignableRequest(request), credentials, now)).toEqual(found && answers[found]);
  });
});

test.each([
  ["Basic dXNlcg==", { fault: "unsupported-algorithm" }],
  ["", undefined],
  [undefined, undefined],
])("an Authorization that no scheme reads, %j, is %o", (authorization, found) => {
  expect(unsupported(aSignableRequest({ headers: { authorization } }), credentials, now)).toEqual(found);
});

describe("who sent a request", () => {
  const none: Scheme = () => undefined;
  const wrong: Scheme = () => ({ fault: "expired" });
  const by =
    (given: Partial<Principal>, keyId?: string): Scheme =>
    () =>
      keyId === undefined ? { principal: { ...ops, ...given } } : { principal: { ...ops, ...given }, keyId };

  test.each<[string, readonly Scheme[], object]>([
    ["nobody, without schemes", [], { fault: "missing" }],
    ["nobody, when no scheme is used", [none, none], { fault: "missing" }],
    ["the first that is found", [none, by({}, "AK"), wrong], { principal: ops, keyId: "AK" }],
    ["nobody, when the first that is used is used wrongly", [wrong, by({})], { fault: "expired" }],
    [
      "one who may ask by this trigger",
      [by({ triggers: ["queue", "http"] })],
      { principal: { ...ops, triggers: ["queue", "http"] } },
    ],
    ["nobody, when the token is for other triggers", [by({ triggers: ["queue"] }), by({})], { fault: "unknown-token" }],
    ["nobody, when the key is for other triggers", [by({ triggers: [] }, "AK")], { fault: "unknown-key" }],
  ])("is %s", (_, schemes, found) => {
    expect(identify(schemes, aSignableRequest(), context)).toEqual(found);
  });

  test("is asked with the request, the credentials and the time", () => {
    const asked: unknown[] = [];
    const request = aSignableRequest();
    identify([(...all) => void asked.push(...all)], request, context);
    expect(asked).toEqual([request, credentials, now]);
  });
});

describe("a scheme of what reads a signature", () => {
  test("is not used where there is none", () => {
    expect(signedBy(() => undefined)(aSignableRequest(), credentials, now)).toBeUndefined();
  });

  test("hands on why one cannot be read", () => {
    expect(signedBy(() => ({ fault: "malformed" }))(aSignableRequest(), credentials, now)).toEqual({
      fault: "malformed",
    });
  });
});

test("a refusal says why it is not known who asks", () => {
  const refusal = unauthenticated({ fault: "bad-signature", keyId: "AK", stringToSign: "s" });
  expect(refusal).toBeInstanceOf(RequestRejected);
  expect(refusal.failure).toEqual({ kind: "unauthenticated", fault: "bad-signature", keyId: "AK", stringToSign: "s" });
});
