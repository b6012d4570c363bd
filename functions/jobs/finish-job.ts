import { decideFinish } from "../../shared/domain/decide-report.ts";
import { readJson } from "../../shared/entrypoints/json-body.ts";
import { applyDecision } from "../../shared/operations/apply-decision.ts";
import { validate } from "../../shared/validation/validate.ts";
import { type Endpoint, uidOfPath } from "./endpoint.ts";
import { toReportOutcome } from "./report.ts";
import * as requests from "./request-schemas.ts";
import * as responses from "./response-schemas.ts";
import { jobView } from "./views.ts";

export const finishJob: Endpoint = {
  method: "POST",
  path: "/jobs/{uid}/finish",
  action: "ReportJob",
  summary: "Report how the work ended",
  body: { name: "Finish", schema: requests.finish, required: true },
  responses: { 200: { description: "The job", name: "Job", schema: responses.job } },
  problems: [400, 401, 403, 404, 409, 415, 429, 503],
  perform: async (call) => {
    const report = validate(requests.finish, readJson(call.request));
    const uid = await uidOfPath("ReportJob", call);
    if (uid === undefined) return { kind: "job-not-found" };

    const { jobs, clock } = call.services;
    const applied = await applyDecision(jobs, { uid }, (job) =>
      decideFinish(job, report, call.principal.name, clock.now()),
    );
    const outcome = toReportOutcome(applied, jobView);
    // Publishes the outcome now instead of waiting for the next sweep.
    const isNews = outcome.kind === "ok" && applied.job?.outbox !== undefined;
    return isNews ? { ...outcome, check: { uid, delaySeconds: 0 } } : outcome;
  },
};
