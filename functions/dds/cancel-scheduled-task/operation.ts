import * as v from "valibot";
import { defineCancel } from "../../../shared/operations/define.ts";
import { huaweiAuthentication } from "../../../shared/protocols/huawei/authentication.ts";
import { huaweiReplies } from "../../../shared/protocols/huawei/replies.ts";
import { jobId, projectId } from "../../../shared/validation/identifiers.ts";
import { ddsWords } from "../replies.ts";
import { dds } from "../service.ts";

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
