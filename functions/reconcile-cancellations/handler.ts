import { createServices } from "../../shared/container.ts";
import { scheduleEntry } from "../../shared/entrypoints/schedule.ts";
import { queueEntry } from "../../shared/entrypoints/sqs.ts";
import { checks } from "./queue.ts";
import { sweep } from "./sweep.ts";

export const queue = queueEntry(checks, createServices);
export const schedule = scheduleEntry(sweep, createServices);
