import { compose } from "../../shared/compose.ts";
import { httpEntry } from "../../shared/edge/http.ts";
import { restOperation } from "../../shared/edge/rest.ts";
import { listScheduledTasks } from "./operation.ts";

export const http = httpEntry(restOperation(listScheduledTasks), compose);
