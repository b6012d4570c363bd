import { defineRead } from "../../../shared/operations/define.ts";
import { authentication } from "../authentication.ts";
import { documentJobParameters, toDocumentJob } from "../parameters.ts";
import { documentReplies, documentStates, toJobBody } from "../replies.ts";
import { analyticDbDocument } from "../service.ts";

/** AnalyticDB for PostgreSQL, GetUploadDocumentJob, version 2016-05-03. */
export const getUploadDocumentJob = defineRead({
  name: "get-upload-document-job",
  service: analyticDbDocument,
  route: { action: "GetUploadDocumentJob", version: "2016-05-03" },
  parameters: documentJobParameters,
  normalize: toDocumentJob,
  permission: {
    action: "gpdb:GetUploadDocumentJob",
    resource: ({ RegionId, DBInstanceId }, { account = "*" }) =>
      `acs:gpdb:${RegionId}:${account}:document/${DBInstanceId}`,
  },
  authentication,
  // ChunkResult and Usage are not known here, and are left out (P).
  show: (job) => ({
    Job: {
      ...toJobBody(job, documentStates),
      // The only code in the pages, and nothing says which others there are (P).
      ...(job.state === "failed" ? { ErrorCode: "InternalError" } : {}),
    },
  }),
  render: documentReplies,
});
