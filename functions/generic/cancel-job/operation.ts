import * as v from "valibot";
import { bearer } from "../../../shared/auth/authenticate.ts";
import { defineCancel } from "../../../shared/operations/define.ts";
import { genericReplies } from "../replies.ts";
import { generic, genericJobId, namespace } from "../service.ts";

/** Cancels work that belongs to no provider, by the id that its own scheduler gave it. */
export const cancelJob = defineCancel({
  name: "cancel-job",
  service: generic,
  route: { method: "DELETE", path: "/generic/v1/namespaces/{namespace}/jobs/{job_id}" },
  parameters: v.object({ namespace, job_id: genericJobId }),
  normalize: ({ namespace, job_id }) => ({ scope: { namespace }, jobId: job_id }),
  permission: { action: "generic:CancelJob", resource: ({ namespace }) => `generic:${namespace}:*` },
  authentication: [bearer],
  render: genericReplies,
});
