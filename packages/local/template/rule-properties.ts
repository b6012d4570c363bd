import type { ReadableResource } from "./reader.ts";

export const isEnabled = (rule: ReadableResource): boolean => rule.property("State") !== "DISABLED";

/** A target's `Input`, which is JSON as a string. */
export const jsonInput = (rule: ReadableResource, input: unknown): string => {
  try {
    return JSON.stringify(JSON.parse(String(input)));
  } catch {
    return rule.fail(`Input is no JSON: ${input}`);
  }
};
