import type { Instant, Trigger } from "../domain/job.ts";
import type { CredentialStore } from "../ports/credential-store.ts";
import { type AuthenticationError, RequestRejected } from "../validation/request-error.ts";
import type { SignableRequest } from "./signable-request.ts";
import { type Identified, identifySigned, type SignedRequest } from "./signature.ts";

export type Scheme = (
  request: SignableRequest,
  credentials: CredentialStore,
  now: Instant,
) => Identified | AuthenticationError | undefined;

/** The first scheme that the request uses decides. A principal kept to other triggers is unknown to this one (P). */
export const identify = (
  schemes: readonly Scheme[],
  request: SignableRequest,
  {
    credentials,
    now,
    trigger,
  }: { readonly credentials: CredentialStore; readonly now: Instant; readonly trigger: Trigger },
): Identified | AuthenticationError => {
  for (const scheme of schemes) {
    const found = scheme(request, credentials, now);
    if (found === undefined) continue;
    if ("fault" in found) return found;
    const { triggers } = found.principal;
    if (triggers === undefined || triggers.includes(trigger)) return found;
    return { fault: found.keyId === undefined ? "unknown-token" : "unknown-key" };
  }
  return { fault: "missing" };
};

export const unauthenticated = (fault: AuthenticationError): RequestRejected =>
  new RequestRejected({ kind: "unauthenticated", ...fault });

export const signedBy =
  (read: (request: SignableRequest) => SignedRequest | AuthenticationError | undefined): Scheme =>
  (request, credentials, now) => {
    const signed = read(request);
    return signed === undefined || "fault" in signed ? signed : identifySigned(signed, credentials, now);
  };

const byToken = (token: string | undefined, credentials: CredentialStore, now: Instant) => {
  if (token === undefined || token === "") return undefined;
  const principal = credentials.byToken(token, now);
  return principal ? { principal } : ({ fault: "unknown-token" } as const);
};

/** `X-Auth-Token`, which all Huawei-family services take. */
export const authToken: Scheme = ({ headers }, credentials, now) => byToken(headers["x-auth-token"], credentials, now);

export const bearer: Scheme = ({ headers }, credentials, now) =>
  byToken(/^Bearer +([^\s]+) *$/i.exec(headers.authorization ?? "")?.[1], credentials, now);

/** The bearer credential of Alibaba Cloud's SDKs: a header with signature version 3, a parameter with version 1. */
export const alibabaBearer: Scheme = ({ headers, parameters }, credentials, now) =>
  byToken(headers["x-acs-bearer-token"] ?? parameters.BearerToken, credentials, now);

export const unsupported: Scheme = ({ headers }) =>
  headers.authorization ? { fault: "unsupported-algorithm" } : undefined;
