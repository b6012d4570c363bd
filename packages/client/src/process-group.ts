import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** How to start a command. */
export interface SpawnOptions {
  readonly cwd?: string;
  /** The whole environment of the command; that of this process unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What becomes of its standard streams: `inherit` unless given. */
  readonly stdio?: "inherit" | "ignore" | "pipe";
  /** How long the processes may take to end after SIGTERM, before SIGKILL: 5000 ms unless given. */
  readonly killAfterMs?: number;
}

/** A command that was started. */
export interface SpawnedProcess {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Resolves when the command's own process has ended, by its exit code or by a signal. Rejects when it cannot start. */
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** What it writes, where `stdio` is `pipe`. */
  readonly stdout: AsyncIterable<Uint8Array> | null;
  readonly stderr: AsyncIterable<Uint8Array> | null;
}

/** A command and everything that it starts, as far as that stays in its process group. */
interface ProcessGroup {
  readonly started: SpawnedProcess;
  /** Sends SIGTERM to all of it, and SIGKILL to what is left after a while. */
  end(): void;
  /** Resolves once nothing of it is left; with false when something is left that no signal ends. */
  readonly gone: Promise<boolean>;
}

const lookEveryMs = 50;
const unkillableMs = 10_000;

/** Starts a command in a process group of its own. Windows has none: there it is the command's process alone. */
export const startGroup = (command: string, args: readonly string[], options: SpawnOptions): ProcessGroup => {
  const { killAfterMs = 5_000, stdio = "inherit", ...others } = options;
  const hasGroups = process.platform !== "win32";
  const child = spawn(command, args, { ...others, stdio, detached: hasGroups });
  let killedAt: number | undefined;
  let killer: NodeJS.Timeout | undefined;

  const signalAll = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      if (hasGroups) process.kill(-child.pid, signal);
      else child.kill(signal);
    } catch {
      // Nothing is left to get it.
    }
  };

  const exit: SpawnedProcess["exit"] = new Promise((resolve, reject) => {
    child.once("exit", (code, by) => resolve({ code, signal: by }));
    child.once("error", (error) => child.pid === undefined && reject(error));
  });

  const untilGone = async (): Promise<boolean> => {
    await exit;
    if (hasGroups && child.pid !== undefined) {
      while (isAnyLeft(child.pid)) {
        if (killedAt !== undefined && performance.now() - killedAt > unkillableMs) return false;
        await pause(lookEveryMs);
      }
    }
    clearTimeout(killer);
    return true;
  };

  return {
    started: { pid: child.pid, exit, stdout: child.stdout, stderr: child.stderr },
    end() {
      if (killer !== undefined) return;
      signalAll("SIGTERM");
      // A process that was stopped by SIGSTOP gets the signal once it goes on.
      signalAll("SIGCONT");
      killer = setTimeout(() => {
        killedAt = performance.now();
        signalAll("SIGKILL");
      }, killAfterMs);
    },
    gone: untilGone(),
  };
};

/** Whether a process of the group runs. One that has ended and waits to be asked for its exit code does not. */
const isAnyLeft = (group: number): boolean => {
  try {
    process.kill(-group, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return process.platform !== "linux" || readdirSync("/proc").some((name) => /^\d+$/.test(name) && runsIn(name, group));
};

const runsIn = (pid: string, group: number): boolean => {
  try {
    // After the name, which may hold anything: state, parent, group.
    const [state, , of] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return Number(of) === group && state !== "Z" && state !== "X";
  } catch {
    return false;
  }
};
