import { authorize } from "../auth/authorize.ts";
import type { CancelCommand, CancelVerdict } from "../domain/decide-cancel.ts";
import { requestOf } from "../domain/decide-cancel.ts";
import type { Instant, Job, Trigger } from "../domain/job.ts";
import { jobKey } from "../domain/job-key.ts";
import type { Principal } from "../domain/principal.ts";
import { secretHash } from "../domain/secret-hash.ts";
import { validate } from "../validation/validate.ts";
import type { CancelOperation } from "./define.ts";
import { requestStop, type StopServices } from "./request-stop.ts";

export interface CancelInput {
  readonly principal: Principal;
  /** As the provider spells them. */
  readonly parameters: unknown;
  readonly trigger: Trigger;
  /** When the caller named the job, where that was not just now: a message may be old, or come twice. */
  readonly askedAt?: Instant | undefined;
  readonly reason?: string;
  /** On whose behalf the principal asks; the principal itself when absent. */
  readonly requestedBy?: string;
  /** For how long to remember this cancel if its job is not known yet; not at all when absent. */
  readonly tombstoneSeconds?: number;
}

export interface Cancelled {
  /** `remembered` where there is no such job yet, and for a while none may start. */
  readonly verdict: CancelVerdict | "remembered";
  readonly job: Job | undefined;
  /** Valid, as the caller wrote it. */
  readonly jobId: string;
}

/**
 * The way of every cancel, whatever door it came through: validate, normalize, authorize, decide and claim in one
 * write, stop. Whoever calls it has authenticated the principal, and renders the verdict.
 */
export const cancel =
  (services: StopServices) =>
  async <Parameters, Scope extends object>(
    operation: CancelOperation<Parameters, Scope>,
    { principal, parameters, trigger, askedAt, reason, requestedBy, tombstoneSeconds }: CancelInput,
  ): Promise<Cancelled> => {
    const { service, permission } = operation;
    const native = validate(operation.parameters, parameters);
    const { scope, jobId, secret } = operation.normalize(native);
    const { action } = permission;
    authorize(principal, { action, resource: permission.resource(native, principal), owner: service.owner(scope) });

    const key = jobKey(service.name, service.identity(scope), jobId);
    const now = services.clock.now();
    const command: CancelCommand = {
      rules: service.cancel,
      trigger,
      requestedBy: requestedBy ?? principal.name,
      requestedAt: now,
      askedAt: askedAt ?? now,
      ...(requestedBy === undefined ? {} : { via: `asked for through the ${trigger} as ${principal.name}` }),
      ...(reason === undefined ? {} : { reason }),
      ...(secret === undefined ? {} : { secretHash: await secretHash(secret, key) }),
      ...(principal.account === undefined ? {} : { account: principal.account }),
    };
    const claimed = await requestStop(services)({ key }, command);
    if (claimed.verdict !== "not-found" || tombstoneSeconds === undefined) return { ...claimed, jobId };
    return { ...(await remember(services, key, command, tombstoneSeconds)), jobId };
  };

/** Leaves a tombstone, unless the job was registered just now: then it is cancelled after all. */
const remember = async (services: StopServices, key: string, command: CancelCommand, seconds: number) => {
  const { account, secretHash, requestedAt } = command;
  const tombstone = {
    ...requestOf(command),
    until: requestedAt + seconds * 1000,
    ...(account === undefined ? {} : { account }),
    ...(secretHash === undefined ? {} : { secretHash }),
  };
  const standing = await services.jobs.putTombstone(key, tombstone);
  if (standing === undefined) return { verdict: "remembered", job: undefined } as const;
  return requestStop(services)({ key }, command);
};
