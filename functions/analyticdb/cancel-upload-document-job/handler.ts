import { prepareServices } from "../../../shared/container.ts";
import { cancelQueue } from "../../../shared/entrypoints/cancel-queue.ts";
import { queueEntry } from "../../../shared/entrypoints/sqs.ts";
import { cancelUploadDocumentJob } from "./operation.ts";

const connect = await prepareServices(["config", "table", "reconcileQueue"]);

export const queue = queueEntry(cancelQueue(cancelUploadDocumentJob), connect);
