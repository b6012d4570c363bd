import { compose } from "../../shared/container.ts";
import { scheduleEntry } from "../../shared/entrypoints/schedule.ts";
import { queueEntry } from "../../shared/entrypoints/sqs.ts";
import { looks } from "./queue.ts";
import { sweep } from "./sweep.ts";

export const queue = queueEntry(looks, compose);
export const schedule = scheduleEntry(sweep, compose);
