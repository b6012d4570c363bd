import { compose } from "../../shared/compose.ts";
import { cancelQueue } from "../../shared/edge/cancel-queue.ts";
import { httpEntry } from "../../shared/edge/http.ts";
import { queueEntry } from "../../shared/edge/queue.ts";
import { rpcApi } from "../../shared/edge/rpc.ts";
import { cancelUploadDocumentJob } from "./operation.ts";

export const http = httpEntry(rpcApi([cancelUploadDocumentJob]), compose);
export const queue = queueEntry(cancelQueue(cancelUploadDocumentJob), compose);
