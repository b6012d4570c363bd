import * as v from "valibot";
import { defineCancel, defineService } from "../../../shared/operations/define.ts";
import { huaweiAuthentication } from "../../../shared/protocols/huawei/authentication.ts";
import { gatewayAuthentication, type HuaweiWords, huaweiReplies } from "../../../shared/protocols/huawei/replies.ts";
import { projectId, text } from "../../../shared/validation/identifiers.ts";

const states = {
  queued: "pending",
  running: "running",
  stopping: "running", // P: the API has no word for it
  succeeded: "success",
  failed: "failed",
  cancelled: "failed", // P: the API documents no word for a job that was cancelled
};

const cancellable = ["algorithm", "vertex-filter-query", "edge-filter-query", "add-index"] as const;

// The pages disagree about the length, 4 to 50 and 4 to 64 characters: names from 1 to 64 are taken (P).
export const graphName = text(
  /^[A-Za-z][A-Za-z0-9_]{0,63}$/,
  "a graph name: a letter, then up to 63 letters, digits and underscores",
);

// Not a UUID: a UUID and nine digits in the samples, and other shapes; no rule is documented (P).
export const graphJobId = text(/^[0-9A-Za-z_-]{1,64}$/, "1 to 64 letters, digits, underscores and hyphens");

export const ges = defineService({
  name: "ges",
  scope: v.strictObject({ projectId, graphName }),
  jobId: graphJobId,
  identity: ({ projectId, graphName }) => [projectId, graphName],
  owner: ({ projectId }) => projectId,
  // The names of all types are ours (P).
  jobTypes: [...cancellable, "import-graph", "export-graph", "delete-index", "clear-graph", "other"],
  cancel: { states: ["queued", "running"], jobTypes: cancellable, residue: [] },
  states,
  takesSecret: false,
});

/** What GES says in its own words, when a job is cancelled. */
export const gesWords: HuaweiWords = {
  errorBody: (errorCode, errorMessage) => ({ errorMessage, errorCode }),
  accepted: { status: 200, body: {} }, // D; P where the job is stopping already
  states,
  invalid: ({ parameter, expected }) => [400, "GES.8005", `Incorrect parameter: ${parameter} must be ${expected}.`], // D
  notFound: (id) => [400, "GES.8303", `can not find job to cancel, id is ${id}`], // D
  tooLate: (id, state) => [400, "GES.8303", `can not cancel job, id is ${id}, status is ${state}`], // P
  unsupportedType: [400, "GES.8303", "Unsupported Operation"], // D text, P code
  authentication: {
    ...gatewayAuthentication,
    missing: [401, "GES.8007", "Invalid token."], // D, status of the page
    "unknown-token": [401, "GES.8007", "Invalid token."], // D, status of the page
    "unknown-key": [401, "GES.8007", "Invalid token."], // P: the service plane documents tokens alone
  },
  forbidden: [403, "GES.8020", "The current user does not have permission."], // D, status of the page
  unavailable: [503, "GES.8602", "Engine service unavailable."], // D, status of the page
  internal: [500, "GES.8304", "Job termination error."], // D
};

/** Graph Engine Service, "Canceling a Job (1.0.0)" of the service plane. */
export const cancelGraphJob = defineCancel({
  name: "cancel-graph-job",
  service: ges,
  route: { method: "DELETE", path: "/ges/v1.0/{project_id}/graphs/{graph_name}/jobs/{job_id}" },
  parameters: v.object({ project_id: projectId, graph_name: graphName, job_id: graphJobId }),
  normalize: ({ project_id, graph_name, job_id }) => ({
    scope: { projectId: project_id, graphName: graph_name },
    jobId: job_id,
  }),
  permission: {
    action: "ges:graph:cancelJob", // P: none is documented
    resource: ({ project_id, graph_name }) => `ges:${project_id}:graph/${graph_name}`, // P
  },
  authentication: huaweiAuthentication, // P: the service plane documents tokens alone
  render: huaweiReplies(gesWords),
});
