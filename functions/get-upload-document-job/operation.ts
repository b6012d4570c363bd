import { alibabaAuthentication } from "../../shared/auth/schemes.ts";
import { alibabaRpcReplies } from "../../shared/dialects/alibaba-rpc.ts";
import { analyticDbJob } from "../../shared/dialects/analyticdb-job.ts";
import { defineRead } from "../../shared/operation.ts";
import { analyticDbDocument, cancelUploadDocumentJob } from "../cancel-upload-document-job/operation.ts";

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
