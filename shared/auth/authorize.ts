import type { Principal } from "../domain/principal.ts";
import { RequestRejected } from "../validation/request-error.ts";
import { evaluate, foresee, mayEver, type PermissionVerdict } from "./policy.ts";

export interface Permission {
  readonly action: string;
  readonly resource: string;
  readonly owner: string;
}

export const authorize = (principal: Principal, { action, resource, owner }: Permission): void => {
  const verdict = evaluate(principal.policies, action, resource);
  if (verdict !== "allowed" || !reaches(principal, owner)) throw forbidden(action, verdict);
};

/** Returns whether it depends on the part of the resource that is not known yet: then the job must be seen first. */
export const authorizeUnseen = (principal: Principal, { action, resource, owner }: Permission): boolean => {
  const verdict = foresee(principal.policies, action, resource);
  if (!reaches(principal, owner) || (verdict !== "allowed" && verdict !== "depends"))
    throw forbidden(action, verdict === "depends" ? "implicitly-denied" : verdict);
  return verdict === "depends";
};

const forbidden = (action: string, verdict: PermissionVerdict): RequestRejected =>
  new RequestRejected({ kind: "forbidden", action, explicitly: verdict === "explicitly-denied" });

/** Of a thing that has several names, or is done by several: one deny is enough to deny, else one allow to allow. */
export const isAuthorizedByAny = (principal: Principal, permissions: readonly Permission[]): boolean => {
  const verdicts = permissions.map(({ action, resource }) => evaluate(principal.policies, action, resource));
  const isDenied =
    verdicts.includes("explicitly-denied") || !permissions.every(({ owner }) => reaches(principal, owner));
  return !isDenied && verdicts.includes("allowed");
};

/** Refuses a principal that may do this nowhere. */
export const authorizeAnywhere = (principal: Principal, action: string): void => {
  if (!mayEver(principal.policies, action)) throw new RequestRejected({ kind: "forbidden", action, explicitly: false });
};

const reaches = ({ projects }: Principal, owner: string): boolean => projects === undefined || projects.includes(owner);
