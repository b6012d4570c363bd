import { mayCancelJob } from "../../shared/auth/job-permission.ts";
import type { CleanupPolicy } from "../../shared/domain/cleanup-policy.ts";
import type { Instant, Job } from "../../shared/domain/job.ts";
import { hasLabel } from "../../shared/domain/labels.ts";
import type { Listening } from "../../shared/domain/listening.ts";
import { mayCancel } from "../../shared/domain/may-cancel.ts";
import type { Principal } from "../../shared/domain/principal.ts";
import { hasRunFor, isDead, isPastMaxQueued, isPastMaxRuntime } from "../../shared/domain/staleness.ts";
import type { ActiveJob } from "../../shared/ports/due-queue.ts";
import { findCancelOperation, findService } from "../registry.ts";

export interface RunContext {
  readonly now: Instant;
  /** When somebody could have heard a worker. */
  readonly listening: Listening;
  /** Jobs that seem dead, but whose backend says that they are alive. */
  readonly alive: ReadonlySet<string>;
}

export const matchesPolicy = (policy: CleanupPolicy, job: Job, { now, listening, alive }: RunContext): boolean =>
  matchesSelector(policy, job) &&
  (policy.maxRuntimeSeconds === undefined || hasRunFor(job, policy.maxRuntimeSeconds, now)) &&
  (policy.ownMaxRuntime === undefined || isPastMaxRuntime(job, now)) &&
  (policy.ownMaxQueued === undefined || isPastMaxQueued(job, now)) &&
  (policy.heartbeatLost === undefined || (isDead(job, now, listening) && !alive.has(job.uid)));

export const blockedReason = (job: Job, principal: Principal): string | undefined => {
  if (!mayCancelJob(principal, job, findCancelOperation(job.service).permission)) return "forbidden";
  const { account } = principal;
  const terms = { rules: findService(job.service).cancel, ...(account === undefined ? {} : { account }) };
  const outcome = mayCancel(job, terms);
  return outcome === "accepted" ? undefined : toReason(outcome);
};

export const toReason = (outcome: string): string => (outcome === "too-late" ? "not-cancellable" : outcome);

/** The jobs that each policy is for: of those that cancel the first, and every one that only reports. */
export const matchPolicies = (
  policies: readonly CleanupPolicy[],
  jobs: readonly Job[],
  known: RunContext,
): ReadonlyMap<CleanupPolicy, readonly Job[]> => {
  const due = new Map<CleanupPolicy, Job[]>(policies.map((policy) => [policy, []]));
  for (const job of jobs) {
    for (const policy of policies) {
      if (!matchesPolicy(policy, job, known)) continue;
      due.get(policy)?.push(job);
      if (policy.action === "cancel") break;
    }
  }
  return due;
};

/** Where labels are not known they may match. */
export const matchesSelector = (
  { service, selector: { labels = {}, jobType, project } }: CleanupPolicy,
  job: Omit<ActiveJob, "uid" | "activeSince"> & { readonly service: string },
): boolean =>
  (service === undefined || service === job.service) &&
  (jobType === undefined || jobType === job.jobType) &&
  (project === undefined || project === job.owner) &&
  Object.entries(labels).every(([name, value]) => job.labels === undefined || hasLabel(job.labels, { name, value }));
