import { createServices } from "../../../shared/container.ts";
import { cancelQueue } from "../../../shared/entrypoints/cancel-queue.ts";
import { httpEntry } from "../../../shared/entrypoints/http.ts";
import { rpcApi } from "../../../shared/entrypoints/rpc.ts";
import { queueEntry } from "../../../shared/entrypoints/sqs.ts";
import { cancelUploadDocumentJob } from "./operation.ts";

export const http = httpEntry(rpcApi([cancelUploadDocumentJob]), createServices);
export const queue = queueEntry(cancelQueue(cancelUploadDocumentJob), createServices);
