import { createServices } from "../../../shared/container.ts";
import { httpEntry } from "../../../shared/entrypoints/http.ts";
import { restOperation } from "../../../shared/entrypoints/rest.ts";
import { showSqlJobDetail } from "./operation.ts";

export const http = httpEntry(restOperation(showSqlJobDetail), createServices);
