import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";

/** A file to which lines are added, those of earlier runs kept. */
export interface LogFile {
  /** Settles once the line can be read in the file, or never will be. */
  write(line: string): Promise<void>;
  close(): Promise<void>;
}

export const openLogFile = async (file: string, print: (line: string) => void): Promise<LogFile> => {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  // It tells who did what: nobody else on the machine need read that.
  const stream = createWriteStream(file, { flags: "a", mode: 0o600 });
  // A full disk must not end the runner.
  stream.on("error", (error) => print(`cannot write ${file}: ${error.message}`));
  return {
    write: (line) => new Promise((resolve) => stream.write(`${line}\n`, () => resolve())),
    close: () => new Promise((resolve) => stream.end(resolve)),
  };
};
