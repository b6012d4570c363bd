import type { WireMode } from "../referee/wire.ts";
import type { Stage } from "../stage/stage.ts";
import { fault } from "./fault.ts";
import { waitForPresumption } from "./wait-for-presumption.ts";

/** Cuts the way, and waits until somebody has met the cut. */
const cut = async (stage: Stage, mode: WireMode): Promise<void> => {
  stage.wire.set(mode);
  stage.fired = await stage.until(() => stage.wire.dropped() > 0, 3_000);
  // A worker whose request is held sends no other.
  stage.isMute = mode.startsWith("hold");
};

const heal = async (stage: Stage): Promise<void> => {
  stage.isMute = false;
};

export const networkFaults = [
  fault({
    name: "partition-to-api",
    before: (stage) => cut(stage, stage.plan.chance < 0.5 ? "drop-requests" : "hold-requests"),
    after: async (stage) => {
      if (stage.plan.chance % 0.5 < 0.25) await waitForPresumption(stage);
    },
    heal,
  }),
  fault({
    name: "partition-from-api",
    before: (stage) => cut(stage, stage.plan.chance < 0.5 ? "drop-answers" : "hold-answers"),
    after: waitForPresumption,
    heal,
  }),
  fault({
    name: "heartbeats-end",
    kinds: ["shell", "python"],
    // The work itself goes on, and some of it is complete before anybody looks.
    work: (chance) => ({ parts: chance < 0.5 ? 14 : 400 }),
    before: async (stage) => {
      stage.flag("silent");
      stage.isMute = true;
      stage.fired = true;
    },
    after: waitForPresumption,
    heal: async (stage) => {
      if (stage.work.parts === 14) await stage.until(() => stage.heard().some(({ kind }) => kind === "finish"), 3_000);
      else stage.flag("silent", false);
      stage.isMute = false;
    },
  }),
  fault({
    name: "api-outage",
    before: async (stage) => {
      await cut(stage, "drop-requests");
      await stage.passFairly(1.5 * stage.world.leaseSeconds * 1000);
    },
    heal,
  }),
];
