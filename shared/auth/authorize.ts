import type { Principal } from "../domain/principal.ts";
import { RequestRejected } from "../validation/request-error.ts";
import { evaluate, mayEver } from "./policy.ts";

export interface Permission {
  readonly action: string;
  readonly resource: string;
  readonly owner: string;
}

export const authorize = (principal: Principal, { action, resource, owner }: Permission): void => {
  const verdict = evaluate(principal.policies, action, resource);
  if (verdict !== "allowed" || !reaches(principal, owner))
    throw new RequestRejected({ kind: "forbidden", action, explicitly: verdict === "explicitly-denied" });
};

export const isAuthorized = (principal: Principal, { action, resource, owner }: Permission): boolean =>
  reaches(principal, owner) && evaluate(principal.policies, action, resource) === "allowed";

/** Refuses a principal that may do this nowhere. */
export const authorizeAnywhere = (principal: Principal, action: string): void => {
  if (!mayEver(principal.policies, action)) throw new RequestRejected({ kind: "forbidden", action, explicitly: false });
};

const reaches = ({ projects }: Principal, owner: string): boolean => projects === undefined || projects.includes(owner);
