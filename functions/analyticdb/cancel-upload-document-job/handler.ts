import { createServices } from "../../../shared/container.ts";
import { cancelQueue } from "../../../shared/entrypoints/cancel-queue.ts";
import { queueEntry } from "../../../shared/entrypoints/sqs.ts";
import { cancelUploadDocumentJob } from "./operation.ts";

export const queue = queueEntry(cancelQueue(cancelUploadDocumentJob), createServices);
