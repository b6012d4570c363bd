import { compose } from "../../shared/compose.ts";
import { cancelQueue } from "../../shared/edge/cancel-queue.ts";
import { httpEntry } from "../../shared/edge/http.ts";
import { queueEntry } from "../../shared/edge/queue.ts";
import { restOperation } from "../../shared/edge/rest.ts";
import { cancelScheduledTask } from "./operation.ts";

export const http = httpEntry(restOperation(cancelScheduledTask), compose);
export const queue = queueEntry(cancelQueue(cancelScheduledTask), compose);
