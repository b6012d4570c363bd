import { isForeign } from "../domain/job.ts";
import { jobKey } from "../domain/job-key.ts";
import type { Outcome } from "../domain/outcome.ts";
import { matchesSecret } from "../domain/secret-hash.ts";
import type { Services } from "../ports/services.ts";
import { applyExpiry } from "./apply-decision.ts";
import type { ReadOperation } from "./define.ts";
import { type NativeRequest, readTarget } from "./native-request.ts";

/** Reads one job, with the checks of a cancel in their order. */
export const read =
  ({ jobs, clock }: Pick<Services, "jobs" | "clock">) =>
  async <Parameters, Scope extends object>(
    operation: ReadOperation<Parameters, Scope>,
    request: NativeRequest,
  ): Promise<Outcome<"shown" | "not-found" | "wrong-secret">> => {
    const { service } = operation;
    const { scope, jobId, secret } = readTarget(operation, request).target;

    const key = jobKey(service.name, service.identity(scope), jobId);
    const found = await jobs.newest(key);
    if (found === undefined || isForeign(found, request.principal.account)) return { kind: "not-found", jobId };
    if (secret && found.secretHash !== undefined && !(await matchesSecret(secret, key, found.secretHash)))
      return { kind: "wrong-secret", job: found, jobId };

    const now = clock.now();
    const job = await applyExpiry(jobs, found, now);
    return { kind: "shown", body: operation.show(job, now), job, jobId };
  };
