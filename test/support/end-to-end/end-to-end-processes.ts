import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process as /proc shows it. Its start time tells it from a later one with the same id. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly startedAt: string;
  readonly residentBytes: number;
  readonly commandLine: string;
  readonly directory: string;
}

/** Every process of this machine that we may look at. Zombies have ended. */
export const processes = (): ProcessFacts[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [read(Number(name))].filter(({ state }) => state !== "Z");
      } catch {
        // It has ended in the meantime.
        return [];
      }
    });

const read = (pid: number): ProcessFacts & { readonly state: string } => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the program's name in brackets, which may contain anything; the third is the state.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [, residentKb = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return {
    pid,
    state: fields[0] ?? "",
    parent: Number(fields[1]),
    startedAt: fields[19] ?? "",
    residentBytes: Number(residentKb) * 1024,
    commandLine: readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " "),
    directory: readlinkSync(`/proc/${pid}/cwd`),
  };
};

/** A process and all that it has started, however deep. */
export const familyOf = (pid: number): ProcessFacts[] => {
  const all = processes();
  const family = all.filter((one) => one.pid === pid);
  for (const member of family) family.push(...all.filter(({ parent }) => parent === member.pid));
  return family;
};

/** Those of these that still run. */
export const survivors = (family: readonly ProcessFacts[]): ProcessFacts[] =>
  processes().filter((now) => family.some(({ pid, startedAt }) => pid === now.pid && startedAt === now.startedAt));

/** Whoever works in this directory or was told about it. */
export const processesOf = (directory: string): ProcessFacts[] =>
  processes().filter((one) => one.commandLine.includes(directory) || one.directory.startsWith(directory));
