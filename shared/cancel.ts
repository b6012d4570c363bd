import { authorize, type Principal } from "./auth/principal.ts";
import type { CancelVerdict } from "./cancellation/decide-cancel.ts";
import type { Job, Trigger } from "./cancellation/job.ts";
import type { Answer } from "./dialects/reply.ts";
import { claimAndStop } from "./jobs/claim.ts";
import { jobKey } from "./normalization/job-key.ts";
import { secretHash } from "./normalization/secret-hash.ts";
import type { Operation } from "./operation.ts";
import type { Services } from "./services.ts";
import { validate } from "./validation/validate.ts";

interface CancelInput {
  readonly principal: Principal;
  /** As the provider spells them. */
  readonly parameters: unknown;
  readonly trigger: Trigger;
  readonly reason?: string;
}

export interface Cancelled {
  readonly answer: Answer;
  readonly job: Job | undefined;
  /** Valid, as the caller wrote it. */
  readonly jobId: string;
}

/**
 * The way of every cancel, whatever door it came through: validate, authorize, normalize, decide and claim in one
 * write, stop. Whoever calls it has authenticated the principal, and renders the answer.
 */
export const cancel =
  (services: Pick<Services, "jobs" | "clock" | "backends">) =>
  async <Parameters, Scope extends object>(
    operation: Operation<Parameters, Scope>,
    { principal, parameters, trigger, reason }: CancelInput,
  ): Promise<Cancelled> => {
    const { service, permission } = operation;
    const native = validate(operation.parameters, parameters);
    const { scope, jobId, secret } = operation.normalize(native);
    const { action } = permission;
    authorize(principal, { action, resource: permission.resource(native, principal), owner: service.owner(scope) });

    const key = jobKey(service.name, service.identity(scope), jobId);
    const command = {
      rules: service.cancel,
      trigger,
      requestedBy: principal.name,
      requestedAt: services.clock.now(),
      ...(reason === undefined ? {} : { reason }),
      ...(secret === undefined ? {} : { secretHash: await secretHash(secret, key) }),
      ...(principal.account === undefined ? {} : { account: principal.account }),
    };
    const { verdict, job } = await claimAndStop(services)({ key }, command);
    return { answer: answerOf(verdict, job), job, jobId };
  };

/** The verdict, with the state where a dialect tells it. */
const answerOf = (verdict: CancelVerdict, job: Job | undefined): Answer =>
  verdict === "too-late" ? { kind: verdict, state: job?.state ?? "cancelled" } : { kind: verdict };
