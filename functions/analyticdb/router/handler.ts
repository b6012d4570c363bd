import { prepareServices } from "../../../shared/container.ts";
import { httpEntry } from "../../../shared/entrypoints/http.ts";
import { analyticDbRpc } from "./router.ts";

const connect = await prepareServices(["config", "table", "reconcileQueue"]);

export const http = httpEntry(analyticDbRpc, connect);
