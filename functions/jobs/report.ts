import type { ReportOutcome } from "../../shared/domain/decide-report.ts";
import type { Job } from "../../shared/domain/job.ts";
import type { Applied } from "../../shared/operations/apply-decision.ts";
import type { JobOutcome } from "./endpoint.ts";

export const toReportOutcome = ({ outcome, job }: Applied<ReportOutcome>, view: (job: Job) => object): JobOutcome => {
  if (job === undefined || outcome === "not-found") return { kind: "job-not-found" };
  switch (outcome) {
    case "recorded":
      return { kind: "ok", status: 200, body: view(job), job };
    case "refused":
      return { kind: "job-ended", job };
    case "not-started":
    case "not-cancelled":
      return { kind: outcome, job };
    default:
      throw new Error(`no reply to ${outcome satisfies never}`);
  }
};
