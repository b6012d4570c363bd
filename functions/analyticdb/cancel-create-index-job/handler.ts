import { createServices } from "../../../shared/container.ts";
import { cancelQueue } from "../../../shared/entrypoints/cancel-queue.ts";
import { httpEntry } from "../../../shared/entrypoints/http.ts";
import { rpcApi } from "../../../shared/entrypoints/rpc.ts";
import { queueEntry } from "../../../shared/entrypoints/sqs.ts";
import { cancelCreateIndexJob } from "./operation.ts";

export const http = httpEntry(rpcApi([cancelCreateIndexJob]), createServices);
export const queue = queueEntry(cancelQueue(cancelCreateIndexJob), createServices);
