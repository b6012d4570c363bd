import { postgres } from "../../shared/adapters/postgres/sessions.ts";
import { prepareServices } from "../../shared/container.ts";
import { scheduleEntry } from "../../shared/entrypoints/schedule.ts";
import { queueEntry } from "../../shared/entrypoints/sqs.ts";
import { checks } from "./queue.ts";
import { sweep } from "./sweep.ts";

const connect = await prepareServices(["table", "reconcileQueue"], { openSessions: postgres() });

export const queue = queueEntry(checks, connect);
export const schedule = scheduleEntry(sweep, connect);
