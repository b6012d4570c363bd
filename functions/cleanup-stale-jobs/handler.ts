import { createServices } from "../../shared/container.ts";
import { scheduleEntry } from "../../shared/entrypoints/schedule.ts";
import { cleanup } from "./cleanup.ts";

export const schedule = scheduleEntry(cleanup, createServices);
