import { alibabaAuthentication } from "../../shared/auth/schemes.ts";
import { alibabaRpcReplies } from "../../shared/dialects/alibaba-rpc.ts";
import { analyticDbJob } from "../../shared/dialects/analyticdb-job.ts";
import { defineRead } from "../../shared/operation.ts";
import { analyticDbIndex, cancelCreateIndexJob } from "../cancel-create-index-job/operation.ts";

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
