import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Where the output of all functions goes, line by line, each line with the function's name in front. */
export interface FunctionLog {
  follow(name: string, output: Readable): void;
  /** Adds a line of ours about the function. */
  note(name: string, line: string): void;
  close(): Promise<void>;
}

export const openFunctionLog = async (file: string, print: (line: string) => void): Promise<FunctionLog> => {
  await mkdir(path.dirname(file), { recursive: true });
  const stream = createWriteStream(file, { flags: "a" });
  // A full disk must not end the runner.
  stream.on("error", (error) => print(`cannot write ${file}: ${error.message}`));
  const note = (name: string, line: string): void => {
    const prefixed = `[${name}] ${line}`;
    print(prefixed);
    stream.write(`${prefixed}\n`);
  };
  return {
    follow(name, output) {
      createInterface({ input: output }).on("line", (line) => note(name, line));
    },
    note,
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
};
