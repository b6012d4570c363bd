import { isAuthorizedByAny } from "../../shared/auth/authorize.ts";
import { permissionFor } from "../../shared/auth/job-permission.ts";
import { seenBySupervisor } from "../../shared/backends/process/evidence.ts";
import { decideFinish } from "../../shared/domain/decide-report.ts";
import type { Job } from "../../shared/domain/job.ts";
import type { Principal } from "../../shared/domain/principal.ts";
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
    const { exit, containment, ...report } = validate(requests.finish, readJson(call.request));
    const uid = await uidOfPath("ReportJob", call);
    if (uid === undefined) return { kind: "job-not-found" };

    const { jobs, clock } = call.services;
    const { principal } = call;
    const applied = await applyDecision(jobs, { uid }, (job) => {
      const seen = job && seenBySupervisor(job, { exit, containment }, isWitness(principal, job));
      return decideFinish(job, { ...report, seen }, principal.name, clock.now());
    });
    const outcome = toReportOutcome(applied, jobView);
    // Publishes the outcome now instead of waiting for the next sweep.
    const isNews = outcome.kind === "ok" && applied.job?.outbox !== undefined;
    return isNews ? { ...outcome, check: { uid, delaySeconds: 0 } } : outcome;
  },
};

/** Whoever has registered a job knows in what its work runs. */
const isWitness = (principal: Principal, { service, owner, registeredBy }: Job): boolean =>
  registeredBy === principal.name && isAuthorizedByAny(principal, [permissionFor("WitnessJob", service, owner)]);
