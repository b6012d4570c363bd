import type { Job } from "../domain/job.ts";
import type { Permission } from "./policy.ts";

export type JobAction = "RegisterJob" | "GetJob" | "ListJobs" | "ReportJob" | "CancelJob";

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

/** P: where that API judges a cancel by more than the project, such as its queue, so do our own API and the cleanup. */
export const cancelPermissions = (
  job: Pick<Job, "service" | "scope" | "owner">,
  { action, resourceOfJob }: NativePermission,
): readonly Permission[] => {
  const { service, owner } = job;
  const ours = permissionFor("CancelJob", service, owner);
  const resource = resourceOfJob?.(job);
  if (resource === undefined) return [ours];
  return [ours, { action: ours.action, resource, owner }, { action, resource, owner }];
};
