import { mapAtMost } from "../../shared/concurrency/map-at-most.ts";
import type { CleanupPolicy } from "../../shared/domain/cleanup-policy.ts";
import type { CancelCommand } from "../../shared/domain/decide-cancel.ts";
import type { Job } from "../../shared/domain/job.ts";
import type { Principal } from "../../shared/domain/principal.ts";
import { requestStop } from "../../shared/operations/request-stop.ts";
import type { Services } from "../../shared/ports/services.ts";
import { findService } from "../registry.ts";
import { policyServices } from "./candidates.ts";
import { blockedReason, matchesPolicy, type RunContext } from "./match-policies.ts";

/** What one policy did in a run. */
export interface PolicyResult {
  readonly policy: CleanupPolicy;
  /** The limit that the run would have exceeded: then it did nothing. */
  readonly tripped?: "maxActionsPerRun" | "maxFractionOfActive";
  readonly results: readonly Result[];
}

/** What became of one job that a policy is for. */
export interface Result {
  readonly job: Job;
  readonly kind: "cancelled" | "reported" | "spared";
  /** Why it was spared. */
  readonly why?: string;
  /** Whether the next run should find it again. */
  readonly again: boolean;
}

interface PolicyContext {
  readonly principal: Principal;
  readonly known: RunContext;
}

const atOnce = 25;

export const act = async (
  services: Services,
  policy: CleanupPolicy,
  due: readonly Job[],
  acting: PolicyContext,
): Promise<PolicyResult> => {
  const hindrances = new Map(
    policy.action === "cancel" ? due.map((job) => [job, blockedReason(job, acting.principal)]) : [],
  );
  const open = due.filter((job) => hindrances.get(job) === undefined);
  const limit = await trippedLimit(services, policy, open.length).catch((error: unknown) => {
    services.log.error("a policy could not count the active jobs", { policy: policy.name }, error);
    return "unavailable" as const;
  });
  const dealWith = async (job: Job): Promise<Result> => {
    const why = hindrances.get(job);
    // That nobody is allowed can be mended; what a provider does not cancel it will not cancel in a minute.
    if (why !== undefined) return spared(job, why, why === "forbidden");
    if (limit) return spared(job, limit, true);
    if (policy.action === "report") return { job, kind: "reported", again: true };
    return cancelStale(services, policy, job, acting);
  };
  const results = await mapAtMost(atOnce, due, dealWith);
  return { policy, ...(limit && limit !== "unavailable" ? { tripped: limit } : {}), results };
};

/** The circuit breaker: a policy that would hit this much is wrong, or its signs are. Only what it can hit counts. */
const trippedLimit = async (
  { dueQueue }: Pick<Services, "dueQueue">,
  policy: CleanupPolicy,
  due: number,
): Promise<PolicyResult["tripped"]> => {
  const { maxActionsPerRun, maxFractionOfActive } = policy;
  if (due === 0) return undefined;
  if (due > maxActionsPerRun) return "maxActionsPerRun";
  if (maxFractionOfActive === 1) return undefined;
  const enough = Math.ceil(due / maxFractionOfActive);
  return (await dueQueue.hasActive(policyServices(policy), enough)) ? undefined : "maxFractionOfActive";
};

const cancelStale = async (
  services: Services,
  policy: CleanupPolicy,
  job: Job,
  { principal, known }: PolicyContext,
): Promise<Result> => {
  const { service, uid } = job;
  const command: CancelCommand = {
    rules: findService(service).cancel,
    trigger: "schedule",
    requestedBy: principal.name,
    reason: `policy:${policy.name}`,
    requestedAt: services.clock.now(),
    ...(policy.heartbeatLost ? { ifSilent: true } : {}),
    ...(principal.account === undefined ? {} : { account: principal.account }),
  };
  try {
    const isStale = (now: Job) => matchesPolicy(policy, now, known);
    const { verdict } = await requestStop(services)({ uid, job }, command, (now) =>
      isStale(now) ? undefined : "changed",
    );
    if (verdict === "accepted") return { job, kind: "cancelled", again: false };
    return spared(job, verdict === "too-late" ? "not-cancellable" : verdict, false);
  } catch (error) {
    services.log.error("a stale job could not be cancelled", { uid }, error);
    return spared(job, "unavailable", true);
  }
};

const spared = (job: Job, why: string, again: boolean): Result => ({ job, kind: "spared", why, again });
