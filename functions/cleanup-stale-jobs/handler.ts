import { prepareServices } from "../../shared/container.ts";
import { scheduleEntry } from "../../shared/entrypoints/schedule.ts";
import { cleanup } from "./cleanup.ts";

const connect = await prepareServices(["config", "table", "reconcileQueue"]);

export const schedule = scheduleEntry(cleanup, connect);
