import { asOf } from "../domain/expiry.ts";
import { isForeign } from "../domain/job.ts";
import { jobKey } from "../domain/job-key.ts";
import type { Outcome } from "../domain/outcome.ts";
import { matchesSecret } from "../domain/secret-hash.ts";
import type { Services } from "../ports/services.ts";
import type { ReadOperation } from "./define.ts";
import { guardSecret, type SecretGuard } from "./guard-secret.ts";
import { type NativeRequest, readTarget } from "./native-request.ts";

/** Reads one job, with the checks of a cancel in their order. */
export const read =
  (services: Pick<Services, "jobs"> & SecretGuard) =>
  async <Parameters, Scope extends object>(
    operation: ReadOperation<Parameters, Scope>,
    request: NativeRequest,
  ): Promise<Outcome<"shown" | "not-found" | "wrong-secret">> => {
    const { service } = operation;
    const { jobs, clock } = services;
    const { scope, jobId, secret } = readTarget(operation, request).target;

    const key = jobKey(service.name, service.identity(scope), jobId);
    const found = await jobs.newest(key);
    if (found === undefined || isForeign(found, request.principal.account)) return { kind: "not-found", jobId };
    const show = async () => {
      const now = clock.now();
      const job = asOf(found, now);
      return { kind: "shown", body: operation.show(job, now), job, jobId } as const;
    };
    const { secretHash } = found;
    if (secret === undefined || secretHash === undefined) return show();
    return guardSecret(services, { ...request, key }, async () =>
      (await matchesSecret(secret, key, secretHash)) ? show() : { kind: "wrong-secret", job: found, jobId },
    );
  };
