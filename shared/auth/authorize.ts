import type { Principal } from "../domain/principal.ts";
import { RequestRejected } from "../validation/request-error.ts";
import { evaluate, foresee, mayEver, type Permission, type PermissionVerdict } from "./policy.ts";

export const authorize = (principal: Principal, permission: Permission): void => {
  const verdict = evaluate(principal.policies, permission);
  if (verdict !== "allowed" || !reaches(principal, permission)) throw forbidden(permission, verdict);
};

/** Returns whether it depends on the part of the resource that is not known yet: then the job must be seen first. */
export const authorizeUnseen = (principal: Principal, permission: Permission): boolean => {
  const verdict = foresee(principal.policies, permission);
  if (!reaches(principal, permission) || (verdict !== "allowed" && verdict !== "depends"))
    throw forbidden(permission, verdict === "depends" ? "implicitly-denied" : verdict);
  return verdict === "depends";
};

const forbidden = ({ action }: Permission, verdict: PermissionVerdict): RequestRejected =>
  new RequestRejected({ kind: "forbidden", action, explicitly: verdict === "explicitly-denied" });

/**
 * Of a thing that has several names: one deny is enough to deny, else one allow to allow. What is in `others` is what else
 * it amounts to, of which a deny counts as well.
 */
export const isAuthorizedByAny = (
  principal: Principal,
  permissions: readonly Permission[],
  others: readonly Permission[] = [],
): boolean => {
  if (others.some((other) => evaluate(principal.policies, other) === "explicitly-denied")) return false;
  const verdicts = permissions.map((permission) => evaluate(principal.policies, permission));
  const isDenied =
    verdicts.includes("explicitly-denied") || !permissions.every((permission) => reaches(principal, permission));
  return !isDenied && verdicts.includes("allowed");
};

/** Refuses a principal that may do this nowhere. */
export const authorizeAnywhere = (principal: Principal, action: string): void => {
  if (!mayEver(principal.policies, action)) throw new RequestRejected({ kind: "forbidden", action, explicitly: false });
};

const reaches = ({ projects }: Principal, { owner }: Permission): boolean =>
  projects === undefined || projects.includes(owner);
