import type { CancelCommand } from "../../shared/domain/decide-cancel.ts";
import { isTerminal } from "../../shared/domain/job.ts";
import { toReceipt } from "../../shared/domain/receipt.ts";
import { readJson } from "../../shared/entrypoints/json-body.ts";
import { applyExpiry } from "../../shared/operations/apply-decision.ts";
import { requestStop } from "../../shared/operations/request-stop.ts";
import { validate } from "../../shared/validation/validate.ts";
import { findService } from "../registry.ts";
import { type Endpoint, jobOfPath } from "./endpoint.ts";
import { cancellation } from "./schemas.ts";

/** POST /jobs/{uid}/cancel: by the same rules as the service's own API, whatever secret the job has. */
export const cancelJob: Endpoint = async (call) => {
  const { request, services, principal, noted } = call;
  const { jobs, clock } = services;
  const { reason } = validate(cancellation, readJson(request));
  const named = await jobOfPath("CancelJob", call);
  if (named === undefined) return { kind: "job-not-found" };

  const command: CancelCommand = {
    rules: findService(named.service).cancel,
    trigger: "http",
    requestedBy: principal.name,
    requestedAt: clock.now(),
    ...(reason === undefined ? {} : { reason }),
  };
  const settled = await requestStop(services)({ uid: named.uid, job: named }, command);
  if (settled.job === undefined) return { kind: "job-not-found" };
  const job = await applyExpiry(jobs, settled.job, clock.now());
  noted.job = job;
  // A job that ended by its cancellation answers with the receipt, however late the question.
  if (job.cancellation && (settled.verdict === "accepted" || job.state === "cancelled"))
    return { kind: "ok", status: isTerminal(job.state) ? 200 : 202, body: toReceipt(job, job.cancellation) };
  return { kind: settled.verdict === "unsupported-type" ? "unsupported-type" : "too-late", job };
};
