import { compose } from "../../shared/compose.ts";
import { queueEntry } from "../../shared/edge/queue.ts";
import { scheduleEntry } from "../../shared/edge/schedule.ts";
import { looks } from "./looks.ts";
import { sweep } from "./sweep.ts";

export const queue = queueEntry(looks, compose);
export const schedule = scheduleEntry(sweep, compose);
