import type { Instant, Trigger } from "../domain/job.ts";
import { jobKey } from "../domain/job-key.ts";
import type { CancelOutcome, Outcome } from "../domain/outcome.ts";
import { secretHash } from "../domain/secret-hash.ts";
import { type CancelServices, cancel } from "./cancel.ts";
import type { CancelOperation } from "./define.ts";
import { guardSecret, type SecretGuard } from "./guard-secret.ts";
import { type NativeRequest, readTarget } from "./native-request.ts";

export interface NativeCancel extends NativeRequest {
  readonly trigger: Trigger;
  readonly askedAt?: Instant | undefined;
  readonly reason?: string | undefined;
  readonly onBehalfOf?: string | undefined;
  readonly tombstoneSeconds?: number | undefined;
}

/** Cancels the job that native parameters name. */
export const cancelNative =
  (services: CancelServices & SecretGuard) =>
  async <Parameters, Scope extends object>(
    operation: CancelOperation<Parameters, Scope>,
    { parameters, requestDigest, ...request }: NativeCancel,
  ): Promise<Outcome<CancelOutcome | "remembered">> => {
    const { service } = operation;
    const { target, authorizeJob } = readTarget(operation, { ...request, parameters });
    const { scope, jobId, secret } = target;
    const key = jobKey(service.name, service.identity(scope), jobId);
    const command = {
      ...request,
      requestDigest: requestDigest?.(),
      service,
      name: { key },
      authorizeJob,
      // Nobody knows yet whether the caller may cancel it.
      ...(authorizeJob ? { tombstoneSeconds: undefined } : {}),
    };
    const cancelWith = async (hash?: string) => cancel(services)({ ...command, secretHash: hash });
    const end = secret
      ? await guardSecret(services, { ...request, key }, async () => cancelWith(await secretHash(secret, key)))
      : await cancelWith();
    return { ...end, jobId };
  };
