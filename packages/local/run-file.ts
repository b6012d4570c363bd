import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Runner } from "./runner.ts";
import type { SampleCommand } from "./samples/start.ts";

/** What a program that works with the running stack has to know. */
export interface RunFacts extends Omit<Runner, "stop"> {
  readonly pid: number;
  readonly samples?: readonly SampleCommand[];
}

/** Writes the facts in one step, so that a program that waits for the file never reads half of it. */
export const writeRunFile = async (file: string, facts: RunFacts): Promise<void> => {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, `${JSON.stringify(facts, null, 2)}\n`);
  await rename(unfinished, file);
};

/** Removes the file, unless another runner has written its own there since. */
export const removeRunFile = async (file: string): Promise<void> => {
  const facts: RunFacts | undefined = await readFile(file, "utf8").then(JSON.parse, () => undefined);
  if (facts?.pid === process.pid) await rm(file, { force: true });
};
