import { authorize } from "../auth/authorize.ts";
import { isForeign, type Job } from "../domain/job.ts";
import { jobKey } from "../domain/job-key.ts";
import type { Principal } from "../domain/principal.ts";
import { matchesSecret } from "../domain/secret-hash.ts";
import type { Services } from "../ports/services.ts";
import type { Answer } from "../protocols/reply.ts";
import { validate } from "../validation/validate.ts";
import { applyExpiry } from "./apply-decision.ts";
import type { ReadOperation } from "./define.ts";

export interface ReadInput {
  readonly principal: Principal;
  /** As the provider spells them. */
  readonly parameters: unknown;
}

export interface Shown {
  readonly answer: Answer;
  readonly job?: Job;
  /** Valid, as the caller wrote it. */
  readonly jobId: string;
}

/**
 * The way of every read of one job, in the order of a cancel: validate, normalize, authorize, read, compare the secret,
 * settle, show. A cancellation whose worker lost its lease is ended before it is shown.
 */
export const read =
  ({ jobs, clock }: Pick<Services, "jobs" | "clock">) =>
  async <Parameters, Scope extends object>(
    api: ReadOperation<Parameters, Scope>,
    { principal, parameters }: ReadInput,
  ): Promise<Shown> => {
    const { service, permission } = api;
    const native = validate(api.parameters, parameters);
    const { scope, jobId, secret } = api.normalize(native);
    const { action } = permission;
    authorize(principal, { action, resource: permission.resource(native, principal), owner: service.owner(scope) });

    const key = jobKey(service.name, service.identity(scope), jobId);
    const job = await jobs.newest(key);
    if (job === undefined || isForeign(job, principal.account)) return { answer: { kind: "not-found" }, jobId };
    if (secret && job.secretHash !== undefined && !(await matchesSecret(secret, key, job.secretHash)))
      return { answer: { kind: "wrong-secret" }, job, jobId };

    const now = clock.now();
    const settled = await applyExpiry(jobs, job, now);
    return { answer: { kind: "shown", body: api.show(settled, now) }, job: settled, jobId };
  };
