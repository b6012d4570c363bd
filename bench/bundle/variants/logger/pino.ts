import { pino } from "pino";
import { done, entry } from "./entry.ts";

// Synchronous, because Lambda freezes the process as soon as the reply is given.
const logger = pino({ name: "standdown" }, pino.destination({ dest: 1, sync: true }));

export const handler = async () => {
  logger.info(entry, "cancellation");
  return done;
};
