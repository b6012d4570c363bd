import { Logger } from "@aws-lambda-powertools/logger";
import { done, entry } from "./entry.ts";

const logger = new Logger({ serviceName: "standdown" });

export const handler = async () => {
  logger.info("cancellation", entry);
  return done;
};
