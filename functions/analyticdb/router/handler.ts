import { createServices } from "../../../shared/container.ts";
import { httpEntry } from "../../../shared/entrypoints/http.ts";
import { analyticDbRpc } from "./router.ts";

export const http = httpEntry(analyticDbRpc, createServices);
