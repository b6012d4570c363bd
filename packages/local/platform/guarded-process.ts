import { spawn } from "node:child_process";
import type { Readable } from "node:stream";

/**
 * The shell waits for the program and watches its own standard input, which only we hold open. However we end, by
 * SIGKILL too, the kernel closes it; `read` then returns and the program is killed. The shell, not the program, must
 * watch: a function in an endless loop, or a server that is not ours, would not. It reaps the program before it ends
 * itself, and takes what the program has started along.
 */
const guard = `
exec 3<&0
"$@" </dev/null 3<&- & program=$!
exec >/dev/null 2>&1
{ read -r _ <&3; kill -KILL "$program"; } &
wait "$program"; status=$?
trap "" TERM
kill -TERM 0
wait
exit "$status"`;

/** A program that cannot outlive this process. */
export interface GuardedProcess {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the program has ended, for whatever reason, with its exit status (128 + n after signal n). */
  readonly ended: Promise<number>;
  /** Kills the program at once, and waits for the end. */
  stop(): Promise<void>;
}

interface GuardOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Whose process it is to be; our own user's unless given. */
  readonly uid?: number;
  readonly gid?: number;
}

/** Starts a program in a process group of its own, where Ctrl-C in our terminal does not reach it. */
export const startGuarded = (
  program: string,
  args: readonly string[],
  { env, ...options }: GuardOptions,
): GuardedProcess => {
  const child = spawn("sh", ["-c", guard, "guard", program, ...args], {
    env,
    ...options,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("exit", (code) => resolve(code ?? 137));
    child.once("error", reject);
  });
  // Whoever awaits `ended` still sees the error; nobody having awaited it yet must not end the runner.
  ended.catch(() => {});
  child.stdin.on("error", () => {});
  return {
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    async stop() {
      child.stdin.destroy();
      await ended;
    },
  };
};
