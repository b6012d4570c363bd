import type { CleanupPolicy } from "../../shared/domain/cleanup-policy.ts";
import type { Job } from "../../shared/domain/job.ts";
import type { DueQueue } from "../../shared/ports/due-queue.ts";
import { policyServices } from "./candidates.ts";

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
 * keeps nobody else's from being cancelled. The others hold for all that is left together.
 */
export const trippedLimits = async (
  dueQueue: Pick<DueQueue, "hasActive">,
  policy: CleanupPolicy,
  open: readonly Job[],
): Promise<readonly Tripped[]> => {
  const { maxActionsPerRun, maxActionsOfAllOwners, maxFractionOfActive } = policy;
  const owners = [...Map.groupBy(open, ({ service, owner }) => `${service}#${owner}`).values()];
  const [few, many] = [
    owners.filter(({ length }) => length <= maxActionsPerRun),
    owners.filter(({ length }) => length > maxActionsPerRun),
  ];
  const tripped = many.flatMap((jobs) => toTripped("maxActionsPerRun", jobs));
  const rest = few.flat();
  if (rest.length > maxActionsOfAllOwners) return [...tripped, ...toTripped("maxActionsOfAllOwners", rest)];
  if (rest.length === 0 || maxFractionOfActive === 1) return tripped;
  const enough = Math.ceil(rest.length / maxFractionOfActive);
  const areFew = await dueQueue.hasActive(policyServices(policy), enough);
  return areFew ? tripped : [...tripped, ...toTripped("maxFractionOfActive", rest)];
};

const toTripped = (limit: LimitName, [first, ...others]: readonly Job[]): readonly Tripped[] =>
  first ? [{ limit, jobs: [first, ...others] }] : [];
