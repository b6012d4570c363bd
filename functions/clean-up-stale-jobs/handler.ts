import { compose } from "../../shared/compose.ts";
import { scheduleEntry } from "../../shared/edge/schedule.ts";
import { cleanUp } from "./clean-up.ts";

export const schedule = scheduleEntry(cleanUp, compose);
