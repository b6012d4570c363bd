import * as v from "valibot";
import { defineCancel, defineService } from "../../../shared/operations/define.ts";
import { alibabaAuthentication } from "../../../shared/protocols/alibaba-rpc/authentication.ts";
import { alibabaRpcReplies } from "../../../shared/protocols/alibaba-rpc/replies.ts";
import {
  instanceId,
  jobId,
  namespacePassword,
  postgresName,
  regionId,
} from "../../../shared/validation/identifiers.ts";

const states = {
  queued: "Pending",
  running: "Running",
  stopping: "Cancelling",
  succeeded: "Success",
  failed: "Failed",
  cancelled: "Cancelled",
};

const jobTypes = ["upload-document"] as const;

export const analyticDbDocument = defineService({
  name: "analyticdb-document",
  scope: v.strictObject({
    regionId,
    dbInstanceId: instanceId,
    namespace: v.optional(postgresName, "public"),
    collection: postgresName,
  }),
  jobId,
  identity: ({ regionId, dbInstanceId, namespace, collection }) => [regionId, dbInstanceId, namespace, collection],
  owner: ({ dbInstanceId }) => dbInstanceId,
  jobTypes,
  cancel: {
    // The page's "once the canceling operation is complete, failed or canceled" is a mistranslation: it means the job.
    states: ["queued", "running"],
    jobTypes,
    residue: [
      "documents that were written before the stop stay; remove them with DeleteCollectionData or upload again",
    ],
  },
  states,
  takesSecret: true, // P: a job that was registered without one takes any
});

/** AnalyticDB for PostgreSQL, CancelUploadDocumentJob, version 2016-05-03. */
export const cancelUploadDocumentJob = defineCancel({
  name: "cancel-upload-document-job",
  service: analyticDbDocument,
  route: { action: "CancelUploadDocumentJob", version: "2016-05-03" },
  parameters: v.object({
    DBInstanceId: instanceId,
    Namespace: v.optional(postgresName, "public"),
    Collection: postgresName,
    RegionId: regionId,
    NamespacePassword: namespacePassword,
    JobId: jobId,
  }),
  normalize: ({ RegionId, DBInstanceId, Namespace, Collection, NamespacePassword, JobId }) => ({
    scope: { regionId: RegionId, dbInstanceId: DBInstanceId, namespace: Namespace, collection: Collection },
    jobId: JobId,
    secret: NamespacePassword,
  }),
  secretParameter: "NamespacePassword",
  permission: {
    action: "gpdb:CancelUploadDocumentJob",
    resource: ({ RegionId, DBInstanceId }, { account = "*" }) =>
      `acs:gpdb:${RegionId}:${account}:document/${DBInstanceId}`,
  },
  authentication: alibabaAuthentication,
  render: alibabaRpcReplies(states),
});
