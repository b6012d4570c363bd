import { mapAtMost } from "../../shared/concurrency/map-at-most.ts";
import type { CleanupPolicy } from "../../shared/domain/cleanup-policy.ts";
import type { Job } from "../../shared/domain/job.ts";
import type { Principal } from "../../shared/domain/principal.ts";
import type { ScheduledCheck } from "../../shared/domain/scheduled-check.ts";
import { cancel } from "../../shared/operations/cancel.ts";
import type { Services } from "../../shared/ports/services.ts";
import { findService } from "../registry.ts";
import { type LimitName, trippedLimits } from "./limits.ts";
import { blockedReason, matchesPolicy, type RunContext, toReason } from "./match-policies.ts";
import type { RaisedLimits } from "./raised-limits.ts";

export interface PolicyResult {
  readonly policy: CleanupPolicy;
  /** The limits that the run would have exceeded, for one owner or for all: what is under them was left alone. */
  readonly tripped: readonly LimitName[];
  readonly results: readonly Result[];
}

export interface Result {
  readonly job: Job;
  readonly kind: "cancelled" | "reported" | "spared";
  readonly why?: string;
  /** Whether the next run should find it again. */
  readonly again: boolean;
  readonly check?: ScheduledCheck | undefined;
}

interface PolicyContext {
  readonly raised: RaisedLimits | undefined;
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
  const blocked = new Map(
    policy.action === "cancel" ? due.map((job) => [job, blockedReason(job, acting.principal)]) : [],
  );
  const raised = acting.raised?.policy === policy.name ? acting.raised : undefined;
  const open = due.filter((job) => blocked.get(job) === undefined);
  const tripped = await trippedLimits(services.dueQueue, policy, open, raised).catch((error: unknown) => {
    services.log.error("a policy could not count the active jobs", { policy: policy.name }, error);
    return undefined;
  });
  for (const { limit, jobs } of tripped ?? []) {
    const about = { policy: policy.name, outcome: limit, count: jobs.length, uid: jobs[0].uid };
    services.log.info("a limit keeps a policy from cancelling jobs, of which this is the first", about);
  }
  const limits = new Map((tripped ?? []).flatMap(({ limit, jobs }) => jobs.map((job) => [job, limit])));
  const dealWith = async (job: Job): Promise<Result> => {
    const why = blocked.get(job);
    // A permission may be given any minute; a provider's rule stays.
    if (why !== undefined) return spared(job, why, why === "forbidden");
    const limit = tripped ? limits.get(job) : "unavailable";
    if (limit) return spared(job, limit, true);
    if (policy.action === "report") return { job, kind: "reported", again: true };
    return cancelStale(services, policy, job, { ...acting, raised });
  };
  const results = await mapAtMost(atOnce, due, dealWith);
  await services.reconcileQueue.schedule(results.flatMap(({ check }) => check ?? []));
  return { policy, tripped: (tripped ?? []).map(({ limit }) => limit), results };
};

const cancelStale = async (
  services: Services,
  policy: CleanupPolicy,
  job: Job,
  { principal, known, raised }: PolicyContext,
): Promise<Result> => {
  try {
    const { kind, check } = await cancel(services)({
      name: { uid: job.uid, job },
      service: findService(job.service),
      principal,
      trigger: "schedule",
      reason: `policy:${policy.name}`,
      onBehalfOf: raised?.onBehalfOf,
      ifSilent: policy.heartbeatLost === true,
      leftAlone: (now) => (matchesPolicy(policy, now, known) ? undefined : "changed"),
    });
    return kind === "accepted" ? { job, kind: "cancelled", again: false, check } : spared(job, toReason(kind), false);
  } catch (error) {
    services.log.error("a stale job could not be cancelled", { uid: job.uid }, error);
    return spared(job, "unavailable", true);
  }
};

const spared = (job: Job, why: string, again: boolean): Result => ({ job, kind: "spared", why, again });
