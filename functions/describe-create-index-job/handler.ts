import { compose } from "../../shared/compose.ts";
import { httpEntry } from "../../shared/edge/http.ts";
import { rpcApi } from "../../shared/edge/rpc.ts";
import { describeCreateIndexJob } from "./operation.ts";

export const http = httpEntry(rpcApi([describeCreateIndexJob]), compose);
