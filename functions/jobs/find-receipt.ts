import { authorize, authorizeAnywhere } from "../../shared/auth/authorize.ts";
import { permissionFor } from "../../shared/auth/job-permission.ts";
import { asOf } from "../../shared/domain/expiry.ts";
import type { Job } from "../../shared/domain/job.ts";
import { readParameters } from "../../shared/entrypoints/parameters.ts";
import type { JobStore } from "../../shared/ports/job-store.ts";
import { validate } from "../../shared/validation/validate.ts";
import { type Endpoint, mayTouch } from "./endpoint.ts";
import { receiptQuery } from "./request-schemas.ts";
import * as responses from "./response-schemas.ts";
import { receiptView } from "./views.ts";

/** Leads from what a provider calls a job to the receipt of its newest cancellation. */
export const findReceipt: Endpoint = {
  method: "GET",
  path: "/receipts",
  action: "GetJob",
  summary: "Find the receipt of a job's newest cancellation by the service's own id",
  query: { name: "ReceiptQuery", schema: receiptQuery },
  responses: { 200: { description: "The receipt", name: "Receipt", schema: responses.receipt } },
  problems: [400, 401, 403, 404, 429, 503],
  perform: async ({ request, services, principal }) => {
    const { service, project, jobId } = validate(receiptQuery, { ...readParameters(request.query) });
    authorizeAnywhere(principal, "standdown:GetJob");
    if (project !== undefined) authorize(principal, permissionFor("GetJob", service, project));
    const mayBe = (job: Job) =>
      job.jobId === jobId && (project === undefined || job.owner === project) && mayTouch(principal, "GetJob", job);
    const found = await newest(services.jobs, { service, project, jobId, mayBe });
    if (found === undefined) return { kind: "job-not-found" };
    const job = asOf(found, services.clock.now());
    if (job.cancellation === undefined) return { kind: "no-cancellation", job };
    return { kind: "ok", status: 200, body: receiptView(job, job.cancellation), job };
  },
};

interface Wanted {
  readonly service: string;
  readonly project: string | undefined;
  readonly jobId: string;
  readonly mayBe: (job: Job) => boolean;
}

const pageSize = 100;

/** The newest that was cancelled; where none was, any. */
const newest = async (jobs: Pick<JobStore, "list">, { service, project, jobId, mayBe }: Wanted) => {
  let first: Job | undefined;
  let cursor: string | undefined;
  do {
    const query = { services: [service], owner: project, jobId, limit: pageSize, keep: mayBe };
    const page = await jobs.list({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    const cancelled = page.jobs.find(({ cancellation }) => cancellation !== undefined);
    if (cancelled) return cancelled;
    first ??= page.jobs[0];
    cursor = page.cursor;
  } while (cursor !== undefined);
  return first;
};
