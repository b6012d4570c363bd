import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { RunFacts } from "../../../packages/local/run-file.ts";

const root = path.join(import.meta.dirname, "../../..");

export interface StartOptions {
  /** Where tables and logs are; a new directory unless given, which is removed at the end. */
  readonly data?: string;
  readonly port?: number;
  readonly samples?: boolean;
  /** Whether `npm start` packages first, as it does for a user. Otherwise it runs what was packaged before. */
  readonly packaging?: boolean;
  /** What the environment says about the runner besides, such as another configuration. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** `npm start` in a process of its own, from outside. */
export interface Standdown {
  readonly facts: RunFacts;
  readonly data: string;
  /** From the call to the line that says that it listens. */
  readonly readyInMs: number;
  /** Everything that it has printed. */
  output(): string;
  /** The process that a user, or a service manager, has started. */
  readonly npm: number;
  /** Sends a signal to it alone, and waits until it has ended. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  /** Sends a signal as a terminal does on Ctrl-C: to the whole group, npm and the runner alike. */
  interrupt(): Promise<number | null>;
  /** Ends it, if it still runs, and removes its data. */
  stop(): Promise<void>;
}

/** More than any orderly end takes. A runner that hangs must not make the tests hang. */
const stopsWithinMs = 15_000;

/** Starts it on any free port, and waits for the line that says where it listens. */
export const startStanddown = async (options: StartOptions = {}): Promise<Standdown> => {
  const { port = 0, samples = false, packaging = false, settings = {} } = options;
  const data = options.data ?? (await newDirectory());
  const runFile = path.join(data, "run.json");
  const started = performance.now();
  const child = spawn("npm", ["start", ...(packaging ? [] : ["--ignore-scripts"])], {
    cwd: root,
    // Nothing that the environment of the tests says about the runner reaches it.
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(port),
      STANDDOWN_DATA: data,
      STANDDOWN_RUN_FILE: runFile,
      STANDDOWN_SAMPLES: samples ? "1" : "0",
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const npm = child.pid ?? 0;
  // A test run that is broken off leaves nothing behind.
  const killGroup = () => sendTo(-npm, "SIGKILL");
  process.once("exit", killGroup);

  const lines: string[] = [];
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const removeData = async () => {
    if (options.data === undefined) await rm(data, { recursive: true, force: true });
  };
  try {
    await isListening(child, lines, ended);
  } catch (error) {
    killGroup();
    await removeData();
    throw error;
  }
  const readyInMs = performance.now() - started;

  const end = async (target: number, signal: NodeJS.Signals): Promise<number | null> => {
    sendTo(target, signal);
    const status = await ended;
    process.off("exit", killGroup);
    return status;
  };
  return {
    facts: JSON.parse(await readFile(runFile, "utf8")),
    data,
    readyInMs,
    npm,
    output: () => lines.join("\n"),
    end: (signal = "SIGTERM") => end(npm, signal),
    interrupt: () => end(-npm, "SIGINT"),
    stop: async () => {
      const overdue = setTimeout(killGroup, stopsWithinMs);
      await end(npm, "SIGTERM");
      clearTimeout(overdue);
      await removeData();
    },
  };
};

export const newDirectory = (): Promise<string> => mkdtemp(path.join(tmpdir(), "standdown-end-to-end-"));

const isListening = async (child: ChildProcess, lines: string[], ended: Promise<unknown>): Promise<void> => {
  const listening = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      if (line.startsWith("standdown listening on ")) listening.resolve();
    });
  }
  child.once("error", listening.reject);
  void ended.then(() => listening.reject(new Error(`npm start has ended:\n${lines.join("\n")}`)));
  await listening.promise;
};

const sendTo = (target: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(target, signal);
  } catch (error) {
    // It has ended already.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};

/** Asks again and again until the answer is there; fails with what was seen last. */
export const until = async <Seen>(
  ask: () => Promise<Seen>,
  isDone: (seen: Seen) => boolean,
  withinMs: number,
): Promise<Seen> => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await ask();
    if (isDone(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`);
    await delay(25);
  }
};
