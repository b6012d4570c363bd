import { postgres } from "../../shared/adapters/postgres/sessions.ts";
import { prepareServices } from "../../shared/container.ts";
import { scheduleEntry } from "../../shared/entrypoints/schedule.ts";
import { cleanup } from "./cleanup.ts";

const connect = await prepareServices(["config", "table", "reconcileQueue"], { openSessions: postgres() });

export const schedule = scheduleEntry(cleanup, connect);
