import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";

export type Say = (line: string) => void;

/** A sample's log: plain lines with their time, written at once, a few in a minute. */
export const openSampleLog = (directory: string, name: string): Say => {
  const file = sampleLogFile(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  return (line) => appendFileSync(file, `${new Date().toISOString()} ${line}\n`);
};

export const sampleLogFile = (directory: string, name: string): string =>
  path.join(directory, "logs", `sample-${name}.log`);
