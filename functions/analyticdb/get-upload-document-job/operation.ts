import { defineRead } from "../../../shared/operations/define.ts";
import { alibabaAuthentication } from "../../../shared/protocols/alibaba-rpc/authentication.ts";
import { alibabaRpcReplies } from "../../../shared/protocols/alibaba-rpc/replies.ts";
import { analyticDbDocument, cancelUploadDocumentJob } from "../cancel-upload-document-job/operation.ts";
import { analyticDbJob } from "../job-body.ts";

/** AnalyticDB for PostgreSQL, GetUploadDocumentJob, version 2016-05-03: the parameters are those of the cancel. */
export const getUploadDocumentJob = defineRead({
  name: "get-upload-document-job",
  service: analyticDbDocument,
  route: { action: "GetUploadDocumentJob", version: "2016-05-03" },
  parameters: cancelUploadDocumentJob.parameters,
  normalize: cancelUploadDocumentJob.normalize,
  permission: { action: "gpdb:GetUploadDocumentJob", resource: cancelUploadDocumentJob.permission.resource },
  authentication: alibabaAuthentication,
  // ChunkResult and Usage are not known here, and are left out (P).
  show: (job) => ({
    Job: {
      ...analyticDbJob(job, analyticDbDocument.states),
      // The only code in the pages, and nothing says which others there are (P).
      ...(job.state === "failed" ? { ErrorCode: "InternalError" } : {}),
    },
  }),
  render: alibabaRpcReplies(analyticDbDocument.states),
});
