import type { Format } from "../options/server-options.ts";

/** Prints data for programs. */
export const printData = async (data: unknown, format: Exclude<Format, "table" | "name">): Promise<void> => {
  if (format === "json") console.log(JSON.stringify(data, undefined, 2));
  else {
    const { stringify } = await import("yaml");
    process.stdout.write(stringify(data));
  }
};
