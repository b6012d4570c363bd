import { prepareServices } from "../../shared/container.ts";
import { httpEntry } from "../../shared/entrypoints/http.ts";
import { jobApi } from "./job-api.ts";

const connect = await prepareServices(["config", "table", "reconcileQueue"]);

export const http = httpEntry(jobApi, connect);
