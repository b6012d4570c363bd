import type { Seen } from "../../domain/decide-report.ts";
import type { Job } from "../../domain/job.ts";

/** What nothing of the work can leave, from before its start on. */
export const containments = ["cgroup", "pid-namespace", "none"] as const;
export type Containment = (typeof containments)[number];

export interface SupervisorReport {
  readonly exit?: { readonly code?: number; readonly signal?: string } | undefined;
  readonly containment?: Containment | undefined;
}

/**
 * What a supervisor's report is worth. It has seen all of the work end only where the job was registered with a containment
 * that nothing can leave, and only where `isWitness`: it has the permission, and has registered the job itself. Of any
 * other backend it is worth nothing.
 */
export const seenBySupervisor = (
  { backend }: Pick<Job, "backend">,
  { exit, containment }: SupervisorReport,
  isWitness: boolean,
): Seen | undefined => {
  if (backend.kind !== "process" || containment === undefined) return undefined;
  const how = exit?.signal === undefined ? `exit code ${exit?.code ?? "unknown"}` : `ended by ${exit.signal}`;
  const isContained = containment !== "none" && backend.containment === containment;
  return isContained && isWitness
    ? {
        kind: "process-gone",
        detail: `the supervisor on ${backend.host} saw that nothing was left in the ${containment} (${how})`,
      }
    : {
        kind: "supervisor-reported",
        detail: `the supervisor on ${backend.host} says that the work ended (${how}); what left it unseen is not known`,
      };
};
