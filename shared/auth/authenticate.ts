import type { Instant, Trigger } from "../domain/job.ts";
import type { Directory } from "../ports/credential-store.ts";
import { type AuthenticationFault, Refusal } from "../validation/request-error.ts";
import type { Presented } from "./signable-request.ts";
import { type Claim, type Identified, verify } from "./signature.ts";

/** One way of saying who asks. Gives undefined when the request does not use it, a fault when it does so wrongly. */
export type Scheme = (
  request: Presented,
  directory: Directory,
  now: Instant,
) => Identified | AuthenticationFault | undefined;

/** The first scheme that the request uses decides. A principal kept to other doors is unknown at this one (P). */
export const identify = (
  schemes: readonly Scheme[],
  request: Presented,
  { directory, now, trigger }: { readonly directory: Directory; readonly now: Instant; readonly trigger: Trigger },
): Identified | AuthenticationFault => {
  for (const scheme of schemes) {
    const found = scheme(request, directory, now);
    if (found === undefined) continue;
    if ("fault" in found) return found;
    const { triggers } = found.principal;
    if (triggers === undefined || triggers.includes(trigger)) return found;
    return { fault: found.keyId === undefined ? "unknown-token" : "unknown-key" };
  }
  return { fault: "missing" };
};

export const unauthenticated = (fault: AuthenticationFault): Refusal =>
  new Refusal({ kind: "unauthenticated", ...fault });

/** A scheme of what reads a signature from a request. */
export const signedBy =
  (read: (request: Presented) => Claim | AuthenticationFault | undefined): Scheme =>
  (request, directory, now) => {
    const claim = read(request);
    return claim === undefined || "fault" in claim ? claim : verify(claim, directory, now);
  };

const byToken = (token: string | undefined, directory: Directory, now: Instant) => {
  if (token === undefined || token === "") return undefined;
  const principal = directory.byToken(token, now);
  return principal ? { principal } : ({ fault: "unknown-token" } as const);
};

/** `X-Auth-Token`, which all Huawei-family services take. */
export const authToken: Scheme = ({ headers }, directory, now) => byToken(headers["x-auth-token"], directory, now);

/** `Authorization: Bearer`, RFC 6750. */
export const bearer: Scheme = ({ headers }, directory, now) =>
  byToken(/^Bearer +([^\s]+) *$/i.exec(headers.authorization ?? "")?.[1], directory, now);

/** The bearer credential of Alibaba Cloud's SDKs: a header with signature version 3, a parameter with version 1. */
export const alibabaBearer: Scheme = ({ headers, parameters }, directory, now) =>
  byToken(headers["x-acs-bearer-token"] ?? parameters.BearerToken, directory, now);

/** An `Authorization` of a kind that no scheme before this one reads. */
export const unsupported: Scheme = ({ headers }) =>
  headers.authorization ? { fault: "unsupported-algorithm" } : undefined;
