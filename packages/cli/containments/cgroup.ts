import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Contained, exitOf, send, startOf } from "./processes.ts";

/** One that was made for a job: its name says which, and whose. */
export interface JobCgroup {
  readonly directory: string;
  readonly uid: string;
  readonly supervisor: { readonly pid: number; readonly start: string };
}

const namePattern = /^standdown-(?<uid>[0-9A-Z]{26})-(?<pid>\d+)-(?<start>\d+)$/;

/** Where this process may make cgroups of version 2, also where version 1 has the rest; undefined where it may not. */
export const findCgroupRoot = (): string | undefined => {
  try {
    const [, mount] = /^\S+ (\S+) cgroup2 /m.exec(readFileSync("/proc/mounts", "utf8")) ?? [];
    const [, own] = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8")) ?? [];
    if (mount === undefined || own === undefined) return undefined;
    const root = path.join(mount, own);
    const tried = path.join(root, `standdown-try-${process.pid}`);
    mkdirSync(tried);
    const canKill = existsSync(path.join(tried, "cgroup.kill"));
    rmdirSync(tried);
    return canKill ? root : undefined;
  } catch {
    return undefined;
  }
};

/** The shell goes in there before it becomes the command. */
const enter = ["-c", 'echo 0 >"$0/cgroup.procs" && exec "$@"'];

/** Starts a command in a cgroup of its own, which ends with it. */
export const startInCgroup = (root: string, uid: string, command: string, args: readonly string[]): Contained => {
  const directory = path.join(root, `standdown-${uid}-${process.pid}-${startOf(process.pid)}`);
  mkdirSync(directory);
  const child = spawn("sh", [...enter, directory, command, ...args], { stdio: "inherit", detached: true });
  const exit = exitOf(child).finally(() => endCgroup(directory));
  return {
    exit,
    async signal(name) {
      for (const pid of membersOf(directory)) send(pid, name);
    },
    async kill() {
      killAll(directory);
    },
  };
};

/** Ends everything in a cgroup, waits until nothing is left, and removes it. */
export const endCgroup = async (directory: string): Promise<void> => {
  killAll(directory);
  while (isPopulated(directory)) await pause(5);
  removeIfThere(directory);
};

export const findJobCgroups = (root: string): readonly JobCgroup[] =>
  readdirSync(root).flatMap((name) => {
    const { uid, pid, start } = namePattern.exec(name)?.groups ?? {};
    if (uid === undefined || pid === undefined || start === undefined) return [];
    return [{ directory: path.join(root, name), uid, supervisor: { pid: Number(pid), start } }];
  });

/** Whether anything in it, or below it, is left. */
export const isPopulated = (directory: string): boolean =>
  /^populated 1$/m.test(readIfThere(path.join(directory, "cgroup.events")));

const membersOf = (directory: string): readonly number[] =>
  readIfThere(path.join(directory, "cgroup.procs")).split("\n").filter(Boolean).map(Number);

const killAll = (directory: string): void => {
  try {
    writeFileSync(path.join(directory, "cgroup.kill"), "1");
  } catch {
    // It is gone already.
  }
};

const removeIfThere = (directory: string): void => {
  try {
    rmdirSync(directory);
  } catch {
    // Somebody else was faster.
  }
};

const readIfThere = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};
