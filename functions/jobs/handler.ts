import { createServices } from "../../shared/container.ts";
import { httpEntry } from "../../shared/entrypoints/http.ts";
import { jobApi } from "./job-api.ts";

export const http = httpEntry(jobApi, createServices);
