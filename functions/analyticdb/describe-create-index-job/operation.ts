import { defineRead } from "../../../shared/operations/define.ts";
import { alibabaAuthentication } from "../../../shared/protocols/alibaba-rpc/authentication.ts";
import { alibabaRpcReplies } from "../../../shared/protocols/alibaba-rpc/replies.ts";
import { analyticDbIndex, cancelCreateIndexJob } from "../cancel-create-index-job/operation.ts";
import { analyticDbJob } from "../job-body.ts";

/** AnalyticDB for PostgreSQL, DescribeCreateIndexJob, version 2016-05-03: the parameters are those of the cancel. */
export const describeCreateIndexJob = defineRead({
  name: "describe-create-index-job",
  service: analyticDbIndex,
  route: { action: "DescribeCreateIndexJob", version: "2016-05-03" },
  parameters: cancelCreateIndexJob.parameters,
  normalize: cancelCreateIndexJob.normalize,
  permission: { action: "gpdb:DescribeCreateIndexJob", resource: cancelCreateIndexJob.permission.resource },
  authentication: alibabaAuthentication,
  show: (job) => ({ Job: analyticDbJob(job, analyticDbIndex.states) }),
  render: alibabaRpcReplies(analyticDbIndex.states),
});
