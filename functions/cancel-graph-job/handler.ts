import { compose } from "../../shared/compose.ts";
import { cancelQueue } from "../../shared/edge/cancel-queue.ts";
import { httpEntry } from "../../shared/edge/http.ts";
import { queueEntry } from "../../shared/edge/queue.ts";
import { restOperation } from "../../shared/edge/rest.ts";
import { cancelGraphJob } from "./operation.ts";

export const http = httpEntry(restOperation(cancelGraphJob), compose);
export const queue = queueEntry(cancelQueue(cancelGraphJob), compose);
