/** What the job API lets somebody do. */
export type JobAction = "RegisterJob" | "GetJob" | "ListJobs" | "ReportJob" | "CancelJob";

/** What somebody must be allowed who does that to the jobs of an owner. */
export const permissionFor = (action: JobAction, service: string, owner: string) => ({
  action: `standdown:${action}`,
  resource: `standdown:${service}:${owner}`,
  owner,
});
