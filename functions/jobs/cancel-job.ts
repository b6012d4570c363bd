import { isTerminal } from "../../shared/domain/job.ts";
import { readJson } from "../../shared/entrypoints/json-body.ts";
import { applyExpiry } from "../../shared/operations/apply-decision.ts";
import { cancel } from "../../shared/operations/cancel.ts";
import { validate } from "../../shared/validation/validate.ts";
import { findService } from "../registry.ts";
import { type Endpoint, jobOfPath } from "./endpoint.ts";
import * as requests from "./request-schemas.ts";
import * as responses from "./response-schemas.ts";
import { receiptView } from "./views.ts";

/** Cancels a job by the rules of its service, whatever secret the job has. */
export const cancelJob: Endpoint = {
  method: "POST",
  path: "/jobs/{uid}/cancel",
  action: "CancelJob",
  summary: "Cancel a job",
  body: { name: "Cancellation", schema: requests.cancellation, required: false },
  responses: {
    200: {
      description: "The job had ended, or ends, by this cancellation",
      name: "Receipt",
      schema: responses.receipt,
    },
    202: { description: "The job is stopping", name: "Receipt", schema: responses.receipt },
  },
  problems: [400, 401, 403, 404, 409, 415, 429, 503],
  perform: async (call) => {
    const { request, services, principal } = call;
    const { reason } = validate(requests.cancellation, readJson(request));
    const named = await jobOfPath("CancelJob", call);
    if (named === undefined) return { kind: "job-not-found" };

    const name = { uid: named.uid, job: named };
    const service = findService(named.service);
    const outcome = await cancel(services)({ name, service, principal, trigger: "http", reason });
    if (outcome.job === undefined) return { kind: "job-not-found" };
    const job = await applyExpiry(services.jobs, outcome.job, services.clock.now());
    const { kind, check } = outcome;
    // A job that ended by its cancellation answers with the receipt, however late.
    if (job.cancellation && (kind === "accepted" || job.state === "cancelled")) {
      const status = isTerminal(job.state) ? 200 : 202;
      return { kind: "ok", status, body: receiptView(job, job.cancellation), job, check };
    }
    return { kind: kind === "unsupported-type" ? kind : "too-late", job };
  },
};
