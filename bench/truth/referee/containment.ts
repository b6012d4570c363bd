import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

/** By what the referee sees who is left of a job's processes. */
export type Containment = "pid-namespace" | "user-and-pid-namespace" | "none";

const flags = ["--pid", "--fork", "--kill-child", "--mount-proc"];

const prefixes: Readonly<Record<Containment, readonly string[]>> = {
  "pid-namespace": ["unshare", ...flags],
  "user-and-pid-namespace": ["unshare", "--user", "--map-root-user", ...flags],
  none: [],
};

/** The best that this machine allows. */
export const findContainment = (): Containment => {
  const works = (kind: Containment): boolean => {
    const [program = "", ...args] = prefixes[kind];
    const { stdout } = spawnSync(program, [...args, "sh", "-c", "echo $$"], { encoding: "utf8" });
    return stdout?.trim() === "1";
  };
  return (["pid-namespace", "user-and-pid-namespace"] as const).find(works) ?? "none";
};

/** The processes of one job. */
export interface Contained {
  /** A line for the keeper's shell, in which `$worker` and `$bystander` are ids. */
  tell(line: string): void;
  /** Who is left besides the keeper, the bystander and the worker; undefined without a namespace. Zombies have ended. */
  population(): number | undefined;
  isBystanderAlive(): boolean | undefined;
  isWorkerAlive(): boolean | undefined;
  /** The lines that the worker prints. */
  readonly lines: readonly string[];
  /** Ends all of it. */
  close(): Promise<void>;
}

/** The ids inside of the namespace, in the order in which the keeper starts them. */
const [bystander, worker] = [2, 3];
const keeper = path.join(import.meta.dirname, "../work/keeper.sh");

export const startContained = async (
  containment: Containment,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Contained> => {
  const [program = "sh", ...args] = [...prefixes[containment], "bash", keeper, ...command];
  const child = spawn(program, args, { env: { PATH: process.env.PATH, ...env }, stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.on("error", () => {});
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const lines: string[] = [];
  const ready = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line === "ready") ready.resolve();
    else lines.push(line);
  });
  await Promise.race([ready.promise, ended]);
  const proc = containment === "none" ? undefined : procOf(child);

  const isAlive = (pid: number) => (proc === undefined ? undefined : isRunning(proc, pid));
  return {
    tell: (line) => void child.stdin.write(`${line}\n`),
    population: () =>
      proc === undefined ? undefined : pidsIn(proc).filter((pid) => pid > worker && isRunning(proc, pid)).length,
    isBystanderAlive: () => isAlive(bystander),
    isWorkerAlive: () => isAlive(worker),
    lines,
    async close() {
      // Without a namespace a process that has left the session ends with its last part.
      if (proc === undefined) child.stdin.write('kill -KILL $bystander $(ps -o pid= -s "$worker")\n');
      child.stdin.end();
      await ended;
      child.stdout.destroy();
    },
  };
};

/** The process table of the namespace, as its first process has it mounted. */
const procOf = ({ pid }: ChildProcess): string => {
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
  return `/proc/${first}/root/proc`;
};

const pidsIn = (proc: string): readonly number[] => {
  try {
    return readdirSync(proc).map(Number).filter(Number.isInteger);
  } catch {
    // The namespace is gone.
    return [];
  }
};

const isRunning = (proc: string, pid: number): boolean => {
  try {
    const [state = ""] = readFileSync(`${proc}/${pid}/stat`, "utf8").replace(/^.*\) /s, "");
    return state !== "Z" && state !== "X";
  } catch {
    return false;
  }
};
