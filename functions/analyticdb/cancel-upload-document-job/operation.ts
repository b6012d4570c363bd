import { defineCancel } from "../../../shared/operations/define.ts";
import { authentication } from "../authentication.ts";
import { documentJobParameters, toDocumentJob } from "../parameters.ts";
import { documentReplies } from "../replies.ts";
import { analyticDbDocument } from "../service.ts";

/** AnalyticDB for PostgreSQL, CancelUploadDocumentJob, version 2016-05-03. */
export const cancelUploadDocumentJob = defineCancel({
  name: "cancel-upload-document-job",
  service: analyticDbDocument,
  route: { action: "CancelUploadDocumentJob", version: "2016-05-03" },
  parameters: documentJobParameters,
  normalize: toDocumentJob,
  secretParameter: "NamespacePassword",
  permission: {
    action: "gpdb:CancelUploadDocumentJob",
    resource: ({ RegionId, DBInstanceId }, { account = "*" }) =>
      `acs:gpdb:${RegionId}:${account}:document/${DBInstanceId}`,
  },
  authentication,
  render: documentReplies,
});
