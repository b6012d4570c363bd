import { prepareServices } from "../../../shared/container.ts";
import { httpEntry } from "../../../shared/entrypoints/http.ts";
import { restOperation } from "../../../shared/entrypoints/rest.ts";
import { showSqlJobDetail } from "./operation.ts";

const connect = await prepareServices(["config", "table"]);

export const http = httpEntry(restOperation(showSqlJobDetail), connect);
