import { spawn } from "node:child_process";
import type { Containment } from "../../../shared/backends/process/evidence.ts";
import { findCgroupRoot, startInCgroup } from "./cgroup.ts";
import { findNamespace, startInNamespace } from "./namespace.ts";
import { type Contained, exitOf, send } from "./processes.ts";

/** What this machine allows. */
export interface Capabilities {
  /** How a command is started in a PID namespace. */
  readonly namespace: readonly string[] | undefined;
  /** Where a cgroup of version 2 can be made. */
  readonly cgroupRoot: string | undefined;
}

export const probeCapabilities = (): Capabilities => ({ namespace: findNamespace(), cgroupRoot: findCgroupRoot() });

/**
 * The best that there is, or the one that is wanted; undefined where that cannot be made. Nothing leaves a PID namespace, and it
 * ends with its supervisor; root can move a process out of a cgroup. Of `none` only the process group is known.
 */
export const chooseContainment = (
  { namespace, cgroupRoot }: Capabilities,
  wanted?: Containment,
): Containment | undefined => {
  const isPossible: Readonly<Record<Containment, boolean>> = {
    "pid-namespace": namespace !== undefined,
    cgroup: cgroupRoot !== undefined,
    none: true,
  };
  if (wanted !== undefined) return isPossible[wanted] ? wanted : undefined;
  return (["pid-namespace", "cgroup", "none"] as const).find((each) => isPossible[each]);
};

/** Starts a command, with the terminal and the streams of this process. */
export const startContained = (
  containment: Containment,
  { namespace, cgroupRoot }: Capabilities,
  uid: string,
  [command, ...args]: readonly [string, ...string[]],
): Contained => {
  if (containment === "pid-namespace" && namespace) return startInNamespace(namespace, command, args);
  if (containment === "cgroup" && cgroupRoot) return startInCgroup(cgroupRoot, uid, command, args);
  return startInGroup(command, args);
};

/** In a process group of its own. What leaves that is not known. */
const startInGroup = (command: string, args: readonly string[]): Contained => {
  const child = spawn(command, args, { stdio: "inherit", detached: true });
  const signal = async (name: NodeJS.Signals) => {
    if (child.pid !== undefined) send(-child.pid, name);
  };
  return { exit: exitOf(child), signal, kill: () => signal("SIGKILL") };
};
