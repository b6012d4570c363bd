import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type Contained, exitOf, send } from "./processes.ts";

const unshare = ["unshare", "--pid", "--fork", "--kill-child"];
const wrappers = [
  // With the supervisor, however that dies, the namespace ends.
  ["setpriv", "--pdeathsig", "KILL", ...unshare],
  unshare,
  // A plain user makes a user namespace around it, in which it stays who it is; that lets go of the signal above.
  [...unshare, "--user", "--map-current-user"],
];

/** The first process of a namespace gets no signal that it has no handler for: a shell waits there for the command. */
const first = ["sh", "-c", '"$@"; exit $?', "sh"];

/** How to start a command in a PID namespace on this machine; undefined where that cannot be done. */
export const findNamespace = (): readonly string[] | undefined =>
  wrappers.find(([program = "", ...flags]) => {
    const { stdout } = spawnSync(program, [...flags, "sh", "-c", "echo $$"], { encoding: "utf8" });
    return stdout?.trim() === "1";
  });

/** Starts a command in a namespace of its own, with the terminal and the streams of this process. */
export const startInNamespace = (wrapper: readonly string[], command: string, args: readonly string[]): Contained => {
  const [program = "", ...flags] = wrapper;
  const child = spawn(program, [...flags, ...first, command, ...args], { stdio: "inherit" });
  const exit = exitOf(child);
  let hasEnded = false;
  const ended = () => {
    hasEnded = true;
  };
  exit.then(ended, ended);

  /** The shell, as this process sees it. It is there a moment after the start. */
  const findFirst = async (): Promise<string | undefined> => {
    while (!hasEnded) {
      const [found] = childrenOf(child.pid);
      if (found !== undefined) return found;
      await pause(5);
    }
    return undefined;
  };
  return {
    exit,
    async signal(name) {
      const shell = await findFirst();
      for (const pid of shell === undefined ? [] : membersOf(shell)) if (pid !== shell) send(Number(pid), name);
    },
    async kill() {
      const shell = await findFirst();
      // With the first process the kernel ends all others, and waits for them before it lets go of the first.
      if (shell !== undefined) send(Number(shell), "SIGKILL");
    },
  };
};

const childrenOf = (pid: number | undefined): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  } catch {
    return [];
  }
};

/** All processes of the namespace that a process is in. */
const membersOf = (pid: string): readonly string[] => {
  const namespace = namespaceOf(pid);
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && namespaceOf(name) === namespace);
};

/** Undefined of a process that has ended, or is somebody else's. */
const namespaceOf = (pid: string): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
};
