import { prepareServices } from "../../../shared/container.ts";
import { cancelQueue } from "../../../shared/entrypoints/cancel-queue.ts";
import { httpEntry } from "../../../shared/entrypoints/http.ts";
import { restOperation } from "../../../shared/entrypoints/rest.ts";
import { queueEntry } from "../../../shared/entrypoints/sqs.ts";
import { cancelJob } from "./operation.ts";

const connect = await prepareServices(["config", "table", "reconcileQueue"]);

export const http = httpEntry(restOperation(cancelJob), connect);
export const queue = queueEntry(cancelQueue(cancelJob), connect);
