import { compose } from "../../shared/container.ts";
import { scheduleEntry } from "../../shared/entrypoints/schedule.ts";
import { cleanUp } from "./cleanup.ts";

export const schedule = scheduleEntry(cleanUp, compose);
