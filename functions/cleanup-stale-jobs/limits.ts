import type { CleanupPolicy } from "../../shared/domain/cleanup-policy.ts";
import type { Job } from "../../shared/domain/job.ts";
import type { DueQueue } from "../../shared/ports/due-queue.ts";
import { policyServices } from "./candidates.ts";
import type { RaisedLimits } from "./raised-limits.ts";

/** In the order in which they are asked. */
export const limitNames = ["maxActionsPerRun", "maxActionsOfAllOwners", "maxFractionOfActive"] as const;
export type LimitName = (typeof limitNames)[number];

/** Jobs that a limit keeps from being cancelled. */
export interface Tripped {
  readonly limit: LimitName;
  readonly jobs: readonly [Job, ...Job[]];
}

/**
 * The circuit breaker, for jobs that the policy could cancel. The first limit holds for each owner: whoever has too many
 * keeps nobody else's from being cancelled. The others hold for all that is left together, without an owner for whom
 * somebody raised the first.
 */
export const trippedLimits = async (
  dueQueue: Pick<DueQueue, "hasActive">,
  policy: CleanupPolicy,
  open: readonly Job[],
  raised?: RaisedLimits,
): Promise<readonly Tripped[]> => {
  const { maxActionsPerRun, maxActionsOfAllOwners, maxFractionOfActive } = { ...policy, ...raised };
  const rest: Job[] = [];
  const tripped: Tripped[] = [];
  for (const jobs of Map.groupBy(open, ({ service, owner }) => `${service}#${owner}`).values()) {
    const isRaised = raised?.owner === jobs[0]?.owner;
    const most = raised?.owner === undefined || isRaised ? maxActionsPerRun : policy.maxActionsPerRun;
    if (jobs.length > most) tripped.push(...toTripped("maxActionsPerRun", jobs));
    else if (!isRaised) rest.push(...jobs);
  }
  if (rest.length > maxActionsOfAllOwners) return [...tripped, ...toTripped("maxActionsOfAllOwners", rest)];
  if (rest.length === 0 || maxFractionOfActive === 1) return tripped;
  const enough = Math.ceil(rest.length / maxFractionOfActive);
  const areFew = await dueQueue.hasActive(policyServices(policy), enough);
  return areFew ? tripped : [...tripped, ...toTripped("maxFractionOfActive", rest)];
};

const toTripped = (limit: LimitName, [first, ...others]: readonly Job[]): readonly Tripped[] =>
  first ? [{ limit, jobs: [first, ...others] }] : [];
