import type { Instant, Trigger } from "../cancellation/job.ts";
import { type AuthenticationFault, Refusal } from "../validation/failure.ts";
import type { Directory } from "./directory.ts";
import type { Principal } from "./principal.ts";

/** What a request carries to say who sent it. */
export interface Presented {
  readonly header: (name: string) => string | undefined;
  readonly parameter: (name: string) => string | undefined;
}

/**
 * One way of saying who asks. Gives undefined when the request does not use it, a fault when it does so wrongly.
 * Signature schemes are further schemes of this shape.
 */
export type Scheme = (
  request: Presented,
  directory: Directory,
  now: Instant,
) => Principal | AuthenticationFault | undefined;

/** The first scheme that the request uses decides. A principal kept to other doors is unknown at this one. */
export const authenticate = (
  schemes: readonly Scheme[],
  request: Presented,
  { directory, now, trigger }: { readonly directory: Directory; readonly now: Instant; readonly trigger: Trigger },
): Principal => {
  for (const scheme of schemes) {
    const found = scheme(request, directory, now);
    if (found === undefined) continue;
    if (typeof found === "string") throw new Refusal({ kind: "unauthenticated", fault: found });
    const barred = found.triggers !== undefined && !found.triggers.includes(trigger);
    if (barred) throw new Refusal({ kind: "unauthenticated", fault: "unknown-token" });
    return found;
  }
  throw new Refusal({ kind: "unauthenticated", fault: "missing" });
};

const byToken = (token: string | undefined, directory: Directory, now: Instant) =>
  token === undefined || token === "" ? undefined : (directory.byToken(token, now) ?? "unknown-token");

/** `X-Auth-Token`, which all Huawei-family services take. */
export const authToken: Scheme = (request, directory, now) => byToken(request.header("x-auth-token"), directory, now);

/** `Authorization: Bearer`, RFC 6750. */
export const bearer: Scheme = (request, directory, now) =>
  byToken(/^Bearer +([^\s]+) *$/i.exec(request.header("authorization") ?? "")?.[1], directory, now);

/** The bearer credential of Alibaba Cloud's SDKs: a header with signature version 3, a parameter with version 1. */
export const alibabaBearer: Scheme = (request, directory, now) =>
  byToken(request.header("x-acs-bearer-token") ?? request.parameter("BearerToken"), directory, now);

/** A request that says who asks in a way that none of the schemes before this one reads. */
export const unsupported: Scheme = (request) =>
  request.header("authorization") || request.parameter("Signature") ? "unsupported-scheme" : undefined;
