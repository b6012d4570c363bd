import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { openLogFile } from "../platform/log-file.ts";

/** Where the output of all functions goes, line by line, each line with the function's name in front. */
export interface FunctionLog {
  follow(name: string, output: Readable): void;
  /** Adds a line of ours about the function. */
  note(name: string, line: string): void;
  close(): Promise<void>;
}

export const openFunctionLog = async (file: string, print: (line: string) => void): Promise<FunctionLog> => {
  const log = await openLogFile(file, print);
  const note = (name: string, line: string): void => {
    const prefixed = `[${name}] ${line}`;
    print(prefixed);
    void log.write(prefixed);
  };
  return {
    follow(name, output) {
      createInterface({ input: output }).on("line", (line) => note(name, line));
    },
    note,
    close: log.close,
  };
};
