import { defineRead } from "../../../shared/operations/define.ts";
import { authentication } from "../authentication.ts";
import { indexJobParameters, toIndexJob } from "../parameters.ts";
import { indexReplies, indexStates, toJobBody } from "../replies.ts";
import { analyticDbIndex } from "../service.ts";

/** AnalyticDB for PostgreSQL, DescribeCreateIndexJob, version 2016-05-03. */
export const describeCreateIndexJob = defineRead({
  name: "describe-create-index-job",
  service: analyticDbIndex,
  route: { action: "DescribeCreateIndexJob", version: "2016-05-03" },
  parameters: indexJobParameters,
  normalize: toIndexJob,
  permission: {
    action: "gpdb:DescribeCreateIndexJob",
    // P: as of the cancel.
    resource: ({ RegionId, WorkspaceId, DBInstanceId }, { account = "*" }) =>
      `acs:gpdb:${RegionId}:${account}:collection/${WorkspaceId ?? DBInstanceId}`,
  },
  authentication,
  show: (job) => ({ Job: toJobBody(job, indexStates) }),
  render: indexReplies,
});
