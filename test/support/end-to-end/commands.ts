import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { until } from "./end-to-end.ts";
import { token } from "./end-to-end-client.ts";

const program = path.resolve("packages/cli/standdown.js");

export interface Command {
  readonly child: ChildProcess;
  readonly end: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  /** What it has printed so far. */
  output(): string;
}

/** A command of `standdown`, as a user starts it; with an environment of its own in place of endpoint and token. */
export const startCommand = (
  http: string,
  args: readonly string[],
  input = "",
  env: NodeJS.ProcessEnv = { STANDDOWN_ENDPOINT: http, STANDDOWN_TOKEN: token },
): Command => {
  const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env.PATH, ...env } });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => (stdout += data));
  child.stderr.on("data", (data) => (stderr += data));
  child.stdin.end(input);
  const end: Command["end"] = new Promise((resolve) =>
    child.once("close", (code) => resolve({ code, stdout, stderr })),
  );
  return { child, end, output: () => stdout };
};

/** Waits until it has printed this. */
export const printed = ({ output }: Command, text: string): Promise<string> =>
  until(
    async () => output(),
    (all) => all.includes(text),
    20_000,
  );

let serial = 0;

/** Seconds to sleep that no other process sleeps: so it is found wherever it went, with an environment or without. */
export const newSleep = (): string => String(1_000_000 + (process.pid % 10_000) * 1_000 + ++serial);

/** How many processes sleep so long. Zombies have no command line. */
export const sleepers = (seconds: string): number =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "latin1") === `sleep\0${seconds}\0`;
    } catch {
      return false;
    }
  }).length;
