import { createServices } from "../../../shared/container.ts";
import { cancelQueue } from "../../../shared/entrypoints/cancel-queue.ts";
import { httpEntry } from "../../../shared/entrypoints/http.ts";
import { restOperation } from "../../../shared/entrypoints/rest.ts";
import { queueEntry } from "../../../shared/entrypoints/sqs.ts";
import { cancelGraphJob } from "./operation.ts";

export const http = httpEntry(restOperation(cancelGraphJob), createServices);
export const queue = queueEntry(cancelQueue(cancelGraphJob), createServices);
