import { createServices } from "../../../shared/container.ts";
import { httpEntry } from "../../../shared/entrypoints/http.ts";
import { rpcApi } from "../../../shared/entrypoints/rpc.ts";
import { cancelCreateIndexJob } from "../cancel-create-index-job/operation.ts";
import { cancelUploadDocumentJob } from "../cancel-upload-document-job/operation.ts";
import { describeCreateIndexJob } from "../describe-create-index-job/operation.ts";
import { getUploadDocumentJob } from "../get-upload-document-job/operation.ts";

/** API Gateway cannot route by header or parameter: this function calls the operation that the action names. */
export const http = httpEntry(
  rpcApi([cancelCreateIndexJob, cancelUploadDocumentJob, describeCreateIndexJob, getUploadDocumentJob]),
  createServices,
);
