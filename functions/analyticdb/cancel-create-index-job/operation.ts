import { defineCancel } from "../../../shared/operations/define.ts";
import { authentication } from "../authentication.ts";
import { indexJobParameters, toIndexJob } from "../parameters.ts";
import { indexReplies } from "../replies.ts";
import { analyticDbIndex } from "../service.ts";

/** AnalyticDB for PostgreSQL, CancelCreateIndexJob, version 2016-05-03. */
export const cancelCreateIndexJob = defineCancel({
  name: "cancel-create-index-job",
  service: analyticDbIndex,
  route: { action: "CancelCreateIndexJob", version: "2016-05-03" },
  parameters: indexJobParameters,
  normalize: toIndexJob,
  secretParameter: "NamespacePassword",
  permission: {
    action: "gpdb:CancelCreateIndexJob",
    // P: a workspace stands where the documented resource has the instance.
    resource: ({ RegionId, WorkspaceId, DBInstanceId }, { account = "*" }) =>
      `acs:gpdb:${RegionId}:${account}:collection/${WorkspaceId ?? DBInstanceId}`,
  },
  authentication,
  render: indexReplies,
});
