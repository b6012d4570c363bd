import * as v from "valibot";
import { defineCancel, defineService } from "../../../shared/operations/define.ts";
import { huaweiAuthentication } from "../../../shared/protocols/huawei/authentication.ts";
import { gatewayAuthentication, type HuaweiWords, huaweiReplies } from "../../../shared/protocols/huawei/replies.ts";
import { jobId, projectId, text } from "../../../shared/validation/identifiers.ts";

const states = {
  queued: "Pending",
  running: "Running",
  stopping: "Running", // P: the API has no word for it
  succeeded: "Completed",
  failed: "Failed",
  cancelled: "Canceled",
};

// RESIZE_FLAVOR is documented; the others are the tasks that the user guide lets wait for a maintenance window (P).
const jobTypes = ["RESIZE_FLAVOR", "RESTART", "PATCH_UPGRADE"] as const;

export const instanceId = text(/^[0-9A-Za-z]{1,64}$/, "an instance id of 1 to 64 letters and digits");

export const dds = defineService({
  name: "dds",
  scope: v.strictObject({ projectId, instanceId: v.exactOptional(instanceId) }),
  jobId,
  identity: ({ projectId }) => [projectId],
  owner: ({ projectId }) => projectId,
  jobTypes,
  // The user guide: a task can be cancelled while it waits to be executed.
  cancel: { states: ["queued"], jobTypes, residue: [] },
  states,
  takesSecret: false,
});

/** What DDS says in its own words. */
export const ddsWords: HuaweiWords = {
  errorBody: (error_code, error_msg) => ({ error_code, error_msg }),
  accepted: { status: 204 }, // D
  states,
  invalid: ({ parameter, rule, expected }) => {
    if (rule === "required") return [400, "DBS.200001", `Parameter error: ${parameter} is missing.`]; // D
    if (parameter === "project_id") return [400, "DBS.280408", "Invalid project id."]; // D
    return [400, "DBS.280001", `Parameter error: ${parameter} must be ${expected}.`]; // D
  },
  notFound: () => [404, "DBS.280016", "Resource not found."], // P: the table has 400
  tooLate: (id, state) => [403, "DBS.280042", `Invalid request: the task ${id} is ${state}.`], // P
  unsupportedType: [400, "DBS.280343", "Unsupported operation."], // P
  authentication: gatewayAuthentication,
  internal: [500, "DBS.280005", "Server error. Try again later."], // D
};

/** Document Database Service, "Canceling a Scheduled Task". */
export const cancelScheduledTask = defineCancel({
  name: "cancel-scheduled-task",
  service: dds,
  route: { method: "DELETE", path: "/v3/{project_id}/scheduled-jobs/{job_id}" },
  parameters: v.object({ project_id: projectId, job_id: jobId }),
  normalize: ({ project_id, job_id }) => ({ scope: { projectId: project_id }, jobId: job_id }),
  // The action is documented, the resource is ours (P).
  permission: { action: "dds:instance:cancelScheduledJob", resource: ({ project_id }) => `dds:${project_id}:*` },
  authentication: huaweiAuthentication,
  render: huaweiReplies(ddsWords),
});
