import * as v from "valibot";
import { defineCancel } from "../../../shared/operations/define.ts";
import { huaweiAuthentication } from "../../../shared/protocols/huawei/authentication.ts";
import { huaweiReplies } from "../../../shared/protocols/huawei/replies.ts";
import { jobId, projectId } from "../../../shared/validation/identifiers.ts";
import { dliWords } from "../replies.ts";
import { dli } from "../service.ts";

/** Data Lake Insight, "Canceling a Job": Huawei Cloud and Open Telekom Cloud. */
export const cancelSqlJob = defineCancel({
  name: "cancel-sql-job",
  service: dli,
  route: { method: "DELETE", path: "/v1.0/{project_id}/jobs/{job_id}" },
  // The page says "only letters and digits" of job_id, and its own example is a UUID: hyphens are taken (P).
  parameters: v.object({ project_id: projectId, job_id: jobId }),
  normalize: ({ project_id, job_id }) => ({ scope: { projectId: project_id }, jobId: job_id }),
  // The action is documented, the spelling of the resource is ours (P).
  permission: {
    action: "dli:queue:cancelJob",
    resource: ({ project_id }) => `dli:${project_id}:queue/*`,
    resourceOfJob: ({ scope: { projectId, queueName = "*" } }) => `dli:${projectId}:queue/${queueName}`,
  },
  authentication: huaweiAuthentication,
  render: huaweiReplies(dliWords),
});
