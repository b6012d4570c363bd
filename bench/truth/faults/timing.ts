import { setTimeout as pause } from "node:timers/promises";
import { monotonicMs } from "../referee/effects.ts";
import { begin } from "../stage/begin.ts";
import type { Stage } from "../stage/stage.ts";
import { partSeconds } from "../work/start-work.ts";
import { fault } from "./fault.ts";

const requests = ["native", "job-api", "queue"] as const;

const finishOf = (stage: Stage) => stage.heard().find(({ kind, status }) => kind === "finish" && status === 200);

/** When the last part is over. */
const endOf = (stage: Stage): number =>
  (stage.effects().find(({ part }) => part === "m3")?.at ?? 0) + partSeconds * 1000;

/** How near to the end of the work a cancel has to come. */
const nearMs = 20;

export const timingFaults = [
  fault({ name: "none", isAlone: true, hasFired: () => true }),
  fault({
    name: "cancel-before-start",
    isAlone: true,
    // The others begin without waiting for a turn.
    kinds: ["shell", "python", "node", "spawn"],
    triggers: requests,
    share: 1.5,
    work: () => ({ state: "queued" }),
    begin: async (stage) => {
      // Some workers see that they were cancelled and leave, others ask for the start when their turn comes.
      if (stage.plan.chance < 0.3) stage.flag("obeys");
      await begin(stage);
    },
    after: async (stage) => {
      await stage.read();
      stage.flag("start");
      await stage.until(() => !stage.isWorkerAlive(), 2_000);
    },
    hasFired: (stage) => stage.receipts.readings.some(({ receipt }) => receipt.evidence?.kind === "never-started"),
  }),
  fault({
    name: "cancel-after-completion",
    isAlone: true,
    triggers: requests,
    work: () => ({ parts: 3 }),
    request: async (stage) => {
      stage.fired = await stage.until(() => finishOf(stage) !== undefined, 10_000);
      await stage.cancel();
    },
  }),
  fault({
    name: "cancel-at-completion",
    isAlone: true,
    triggers: requests,
    share: 3,
    work: () => ({ parts: 3 }),
    request: async (stage) => {
      await stage.until(() => stage.effects().some(({ part }) => part === "m3"), 10_000);
      await pause(Math.max(0, endOf(stage) + (2 * stage.plan.chance - 1) * nearMs - monotonicMs()));
      await stage.cancel();
    },
    hasFired: (stage) => Math.abs(endOf(stage) - (stage.cancelledAt ?? 0)) <= nearMs,
  }),
];
