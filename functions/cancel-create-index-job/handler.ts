import { compose } from "../../shared/compose.ts";
import { cancelQueue } from "../../shared/edge/cancel-queue.ts";
import { httpEntry } from "../../shared/edge/http.ts";
import { queueEntry } from "../../shared/edge/queue.ts";
import { rpcApi } from "../../shared/edge/rpc.ts";
import { cancelCreateIndexJob } from "./operation.ts";

export const http = httpEntry(rpcApi([cancelCreateIndexJob]), compose);
export const queue = queueEntry(cancelQueue(cancelCreateIndexJob), compose);
