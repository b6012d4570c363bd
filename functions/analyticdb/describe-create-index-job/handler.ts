import { createServices } from "../../../shared/container.ts";
import { httpEntry } from "../../../shared/entrypoints/http.ts";
import { rpcApi } from "../../../shared/entrypoints/rpc.ts";
import { describeCreateIndexJob } from "./operation.ts";

export const http = httpEntry(rpcApi([describeCreateIndexJob]), createServices);
