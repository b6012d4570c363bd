import { rpcApi } from "../../../shared/entrypoints/rpc.ts";
import { cancelCreateIndexJob } from "../cancel-create-index-job/operation.ts";
import { cancelUploadDocumentJob } from "../cancel-upload-document-job/operation.ts";
import { describeCreateIndexJob } from "../describe-create-index-job/operation.ts";
import { getUploadDocumentJob } from "../get-upload-document-job/operation.ts";

/** Calls the operation that the action names: API Gateway cannot route by header or parameter. */
export const analyticDbRpc = rpcApi([
  cancelCreateIndexJob,
  cancelUploadDocumentJob,
  describeCreateIndexJob,
  getUploadDocumentJob,
]);
