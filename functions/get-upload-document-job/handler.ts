import { compose } from "../../shared/compose.ts";
import { httpEntry } from "../../shared/edge/http.ts";
import { rpcApi } from "../../shared/edge/rpc.ts";
import { getUploadDocumentJob } from "./operation.ts";

export const http = httpEntry(rpcApi([getUploadDocumentJob]), compose);
