import { createServices } from "../../shared/container.ts";
import { httpEntry } from "../../shared/entrypoints/http.ts";
import { openApi } from "./openapi.ts";

export const http = httpEntry(openApi, createServices);
