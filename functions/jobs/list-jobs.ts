import { authorize, authorizeAnywhere } from "../../shared/auth/authorize.ts";
import { permissionFor } from "../../shared/auth/job-permission.ts";
import type { Job } from "../../shared/domain/job.ts";
import { hasLabel, type LabelFilter } from "../../shared/domain/labels.ts";
import { readParameters } from "../../shared/entrypoints/parameters.ts";
import { applyExpiry } from "../../shared/operations/apply-decision.ts";
import { InvalidCursor } from "../../shared/ports/job-store.ts";
import { RequestRejected } from "../../shared/validation/request-error.ts";
import { validate } from "../../shared/validation/validate.ts";
import { knownServices } from "../registry.ts";
import { type Endpoint, mayTouch } from "./endpoint.ts";
import { openCursor, sealCursor } from "./list-cursor.ts";
import { listing } from "./request-schemas.ts";
import * as responses from "./response-schemas.ts";
import { jobView } from "./views.ts";

export const listJobs: Endpoint = {
  method: "GET",
  path: "/jobs",
  action: "ListJobs",
  summary: "List jobs, newest first within a service and project",
  query: { name: "JobFilter", schema: listing },
  responses: { 200: { description: "A page of jobs", name: "JobPage", schema: responses.jobPage } },
  problems: [400, 401, 403, 429, 503],
  perform: async ({ request, services, principal }) => {
    const filter = validate(listing, { ...readParameters(request.query) });
    const { service, project, jobId, outcome, assurance, label, cursor, limit } = filter;
    const state = filter.state ?? (outcome === "stopping" || outcome === "not-stopped" ? "stopping" : undefined);
    authorizeAnywhere(principal, "standdown:ListJobs");
    if (service !== undefined && project !== undefined)
      authorize(principal, permissionFor("ListJobs", service, project));

    const wanted = label === undefined ? undefined : toLabelFilter(label);
    const keep = (job: Job) =>
      (project === undefined || job.owner === project) &&
      (state === undefined || job.state === state) &&
      (jobId === undefined || job.jobId === jobId) &&
      (outcome === undefined || job.cancellation?.outcome === outcome) &&
      (assurance === undefined || job.cancellation?.assurance === assurance) &&
      (wanted === undefined || hasLabel(job.labels, wanted)) &&
      mayTouch(principal, "ListJobs", job);
    const { cursorKey } = await services.settings();
    const boundTo = [principal.name, service, project, state, label, jobId, outcome, assurance];
    const list = async () =>
      services.jobs.list({
        services: service === undefined ? knownServices.map(({ name }) => name) : [service],
        limit,
        keep,
        owner: project,
        state,
        label: wanted,
        jobId,
        cursor: cursor === undefined ? undefined : openCursor(cursor, cursorKey, boundTo),
      });
    const page = await list().catch(refuseCursor);
    const jobs = await Promise.all(page.jobs.map((job) => applyExpiry(services.jobs, job, services.clock.now())));
    const next = page.cursor === undefined ? null : sealCursor(page.cursor, cursorKey, boundTo);
    return { kind: "ok", status: 200, body: { jobs: jobs.map(jobView), cursor: next } };
  },
};

/** `name=value`, or a name alone for any value. */
const toLabelFilter = (label: string): LabelFilter => {
  const [name = "", ...value] = label.split("=");
  return value.length === 0 ? { name } : { name, value: value.join("=") };
};

const refuseCursor = (error: unknown): never => {
  if (!(error instanceof InvalidCursor)) throw error;
  const issue = { parameter: "cursor", rule: "invalid", expected: "the cursor of a page before" } as const;
  throw new RequestRejected({ kind: "invalid", issues: [issue] });
};
