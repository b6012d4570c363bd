import { authorize } from "../auth/authorize.ts";
import type { Principal } from "../domain/principal.ts";
import { validate } from "../validation/validate.ts";
import type { Declaration } from "./define.ts";

export interface NativeRequest {
  readonly principal: Principal;
  readonly parameters: unknown;
  readonly requestDigest?: (() => string) | undefined;
}

/** Validates, normalizes and authorizes native parameters. Throws {@link RequestRejected}. */
export const readTarget = <Parameters, Scope extends object, Target extends { readonly scope: Scope }>(
  operation: Declaration<Parameters, Scope> & { normalize(parameters: Parameters): Target },
  { principal, parameters }: NativeRequest,
): { readonly native: Parameters; readonly target: Target; readonly owner: string } => {
  const { service, permission } = operation;
  const native = validate(operation.parameters, parameters);
  const target = operation.normalize(native);
  const owner = service.owner(target.scope);
  authorize(principal, { action: permission.action, resource: permission.resource(native, principal), owner });
  return { native, target, owner };
};
