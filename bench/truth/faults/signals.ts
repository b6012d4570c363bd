import type { Stage } from "../stage/stage.ts";
import { fault, hasLane } from "./fault.ts";
import { waitForPresumption } from "./wait-for-presumption.ts";

const freeze = (stage: Stage): void => {
  stage.isMute = true;
  stage.tell("everybody STOP");
  stage.fired = true;
};

const thaw = async (stage: Stage): Promise<void> => {
  stage.tell("everybody CONT");
  stage.isMute = false;
};

const shells = ["shell", "python", "spawn", "supervised"] as const;

const kill = (line: string) => async (stage: Stage) => {
  stage.isMute = true;
  stage.tell(line);
  stage.fired = await stage.until(() => !stage.isWorkerAlive(), 1_000);
};

export const signalFaults = [
  fault({
    name: "term-ignored",
    kinds: shells,
    work: () => ({ shape: "ignores-term" }),
    hasFired: (stage) => hasLane(stage, "m"),
  }),
  fault({ name: "term-flushes", kinds: shells, work: () => ({ shape: "flushes" }), hasFired: (s) => hasLane(s, "t") }),
  fault({
    name: "term-forks",
    isHidden: true,
    share: 1.5,
    kinds: shells,
    work: () => ({ shape: "forks-when-told" }),
    hasFired: (stage) => hasLane(stage, "f"),
  }),
  fault({
    name: "frozen-past-lease",
    needsNamespace: true,
    after: async (stage) => {
      freeze(stage);
      await waitForPresumption(stage);
    },
    heal: thaw,
  }),
  fault({
    name: "frozen-before-cancel",
    needsNamespace: true,
    before: async (stage) => {
      freeze(stage);
      await stage.world.pass(stage.world.leaseSeconds * 1000 + 1_000);
    },
    heal: thaw,
  }),
  fault({ name: "worker-killed", needsNamespace: true, before: kill("kill -KILL $worker"), after: waitForPresumption }),
  fault({ name: "all-killed", needsNamespace: true, before: kill("worker_and_work KILL"), after: waitForPresumption }),
];
