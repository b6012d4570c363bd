import { done, entry } from "./entry.ts";

const fields = ["operation", "requestId", "principal", "trigger", "jobId", "outcome", "durationMs"] as const;

/** Only the listed fields are written, so that a secret in the wrong object stays out of the log. */
function log(level: "INFO" | "ERROR", message: string, facts: Partial<Record<(typeof fields)[number], unknown>>) {
  const line: Record<string, unknown> = { level, timestamp: new Date().toISOString(), message };
  for (const field of fields) line[field] = facts[field];
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

export const handler = async () => {
  log("INFO", "cancellation", entry);
  return done;
};
