import * as v from "valibot";
import { defineCancel } from "../../../shared/operations/define.ts";
import { huaweiAuthentication } from "../../../shared/protocols/huawei/authentication.ts";
import { huaweiReplies } from "../../../shared/protocols/huawei/replies.ts";
import { projectId } from "../../../shared/validation/identifiers.ts";
import { gesWords } from "../replies.ts";
import { ges, graphJobId, graphName } from "../service.ts";

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
