import type { Job } from "../domain/job.ts";
import type { Principal } from "../domain/principal.ts";
import { isAuthorizedByAny } from "./authorize.ts";

export type JobAction = "RegisterJob" | "GetJob" | "ListJobs" | "ReportJob" | "WitnessJob" | "CancelJob";

export const permissionFor = (action: JobAction, service: string, owner: string) => ({
  action: `standdown:${action}`,
  resource: `standdown:${service}:${owner}`,
  owner,
});

/** How a provider's own API calls a cancel, and the thing in which a job is. */
interface NativePermission {
  readonly action: string;
  readonly resourceOfJob?: (job: Pick<Job, "scope">) => string;
}

/**
 * Whether a principal may cancel a job by our own API or the cleanup. P: where the job's own API judges a cancel by more than
 * the project, such as its queue, so do these, and what is denied there is denied here.
 */
export const mayCancelJob = (
  principal: Principal,
  job: Pick<Job, "service" | "scope" | "owner">,
  { action, resourceOfJob }: NativePermission,
): boolean => {
  const { service, owner } = job;
  const ours = permissionFor("CancelJob", service, owner);
  const resource = resourceOfJob?.(job);
  if (resource === undefined) return isAuthorizedByAny(principal, [ours]);
  return isAuthorizedByAny(principal, [ours, { ...ours, resource }], [{ action, resource, owner }]);
};
