import { authorize, authorizeUnseen } from "../auth/authorize.ts";
import type { Job } from "../domain/job.ts";
import type { Principal } from "../domain/principal.ts";
import { validate } from "../validation/validate.ts";
import type { Declaration } from "./define.ts";

export interface NativeRequest {
  readonly principal: Principal;
  readonly parameters: unknown;
  readonly requestDigest?: (() => string) | undefined;
  /** The name of the secret that stands in the parameters. */
  readonly secretRef?: string | undefined;
}

/** Validates, normalizes and authorizes native parameters; with `authorizeJob` where that depends on the job. Throws {@link RequestRejected}. */
export const readTarget = <Parameters, Scope extends object, Target extends { readonly scope: Scope }>(
  operation: Declaration<Parameters, Scope> & { normalize(parameters: Parameters): Target },
  { principal, parameters, secretRef }: NativeRequest,
): {
  readonly native: Parameters;
  readonly target: Target;
  readonly owner: string;
  readonly authorizeJob?: (job: Job) => void;
} => {
  const { service, permission } = operation;
  const native = validate(operation.parameters, parameters);
  const target = operation.normalize(native);
  const owner = service.owner(target.scope);
  const { action, resourceOfJob } = permission;
  const resource = permission.resource(native, principal);
  const asked = { action, resource, owner, operation: operation.name, secretRef };
  if (resourceOfJob === undefined) {
    authorize(principal, asked);
    return { native, target, owner };
  }
  if (!authorizeUnseen(principal, asked)) return { native, target, owner };
  const authorizeJob = (job: Job) => authorize(principal, { ...asked, resource: resourceOfJob(job) });
  return { native, target, owner, authorizeJob };
};
