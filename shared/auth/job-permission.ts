export type JobAction = "RegisterJob" | "GetJob" | "ListJobs" | "ReportJob" | "CancelJob";

export const permissionFor = (action: JobAction, service: string, owner: string) => ({
  action: `standdown:${action}`,
  resource: `standdown:${service}:${owner}`,
  owner,
});
