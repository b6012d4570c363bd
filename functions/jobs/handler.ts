import { compose } from "../../shared/compose.ts";
import { httpEntry } from "../../shared/edge/http.ts";
import { jobApi } from "./job-api.ts";

export const http = httpEntry(jobApi, compose);
