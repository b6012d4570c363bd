import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Contained {
  /** Resolves when the command has ended, and all that it has started where that is known. Rejects when it cannot start. */
  readonly exit: Promise<Exit>;
  /** To everything that runs in it. */
  signal(name: NodeJS.Signals): Promise<void>;
  /** Ends everything in it at once. */
  kill(): Promise<void>;
}

/** Rejects when the command cannot be started. */
export const exitOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });

export const send = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
};

/**
 * When a process began, in the kernel's ticks since the machine did: with its id that tells it from any other. Undefined of one
 * that has ended.
 */
export const startOf = (pid: number): string | undefined => {
  try {
    // The name, in parentheses, can hold anything.
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, "latin1")
      .replace(/^.*\) /s, "")
      .split(" ");
    return state === "Z" || state === "X" ? undefined : fields[18];
  } catch {
    return undefined;
  }
};
