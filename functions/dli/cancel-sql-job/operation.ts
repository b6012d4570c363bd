import * as v from "valibot";
import { defineCancel, defineService } from "../../../shared/operations/define.ts";
import { huaweiAuthentication } from "../../../shared/protocols/huawei/authentication.ts";
import { gatewayAuthentication, type HuaweiWords, huaweiReplies } from "../../../shared/protocols/huawei/replies.ts";
import { jobId, projectId, text } from "../../../shared/validation/identifiers.ts";

const states = {
  queued: "LAUNCHING",
  running: "RUNNING",
  stopping: "RUNNING", // P: the API has no word for it
  succeeded: "FINISHED",
  failed: "FAILED",
  cancelled: "CANCELLED",
};

// All but SCALE_QUEUE can be cancelled (P): it is the type whose jobs show SCALING, which the console does not cancel.
const cancellable = [
  "QUERY",
  "INSERT",
  "UPDATE",
  "DELETE",
  "IMPORT",
  "EXPORT",
  "DDL",
  "DCL",
  "DATA_MIGRATION",
  "RESTART_QUEUE",
] as const;

const queueName = text(
  /^(?!_)(?![0-9]+$)[A-Za-z0-9_]{1,128}$/,
  "a queue name of 1 to 128 letters, digits and underscores",
);

export const dli = defineService({
  name: "dli",
  scope: v.strictObject({ projectId, queueName: v.exactOptional(queueName) }),
  jobId,
  identity: ({ projectId }) => [projectId],
  owner: ({ projectId }) => projectId,
  jobTypes: [...cancellable, "SCALE_QUEUE"],
  cancel: { states: ["queued", "running"], jobTypes: cancellable, residue: [] },
  states,
  takesSecret: false,
});

/** What DLI says in its own words. */
export const dliWords: HuaweiWords = {
  errorBody: (error_code, error_msg) => ({ error_code, error_msg }),
  accepted: { status: 200, body: { is_success: true, message: "" } }, // D; P where the job is stopping already
  states,
  invalid: ({ parameter, expected }) => [
    400,
    "DLI.0001",
    `Parameter check errors occur: ${parameter} must be ${expected}.`,
  ], // D
  notFound: (id) => [400, "DLI.0002", `The job ${id} does not exist.`], // P
  tooLate: (id, state) => [400, "DLI.0007", `The job ${id} is ${state}: the operation is not supported.`], // P
  unsupportedType: [400, "DLI.0007", "The operation is not supported for jobs of this type."], // P
  authentication: {
    ...gatewayAuthentication,
    missing: [
      401,
      "DLI.0013",
      "X-Auth-Token is not defined in request. It is mandatory. Please define and send the request.",
    ], // D
    "unknown-token": [400, "DLI.0015", "Token parsing error: the token is unknown or has expired."], // D
  },
  internal: [500, "DLI.0999", "Server-side errors occur."], // D code, status of the page
};

/** Data Lake Insight, "Canceling a Job": Huawei Cloud and Open Telekom Cloud. */
export const cancelSqlJob = defineCancel({
  name: "cancel-sql-job",
  service: dli,
  route: { method: "DELETE", path: "/v1.0/{project_id}/jobs/{job_id}" },
  // The page says "only letters and digits" of job_id, and its own example is a UUID: hyphens are taken (P).
  parameters: v.object({ project_id: projectId, job_id: jobId }),
  normalize: ({ project_id, job_id }) => ({ scope: { projectId: project_id }, jobId: job_id }),
  // The action is documented, the spelling of the resource is ours (P).
  permission: { action: "dli:queue:cancelJob", resource: ({ project_id }) => `dli:${project_id}:queue/*` },
  authentication: huaweiAuthentication,
  render: huaweiReplies(dliWords),
});
