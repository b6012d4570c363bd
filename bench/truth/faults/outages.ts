import type { Stage } from "../stage/stage.ts";
import { fault } from "./fault.ts";

/** Tries the cancel while something of ours is broken. The client tries again afterwards, as clients do. */
const cancelTwice = async (stage: Stage, repair: () => void): Promise<void> => {
  const failed = await stage.cancel().then(
    () => false,
    () => true,
  );
  stage.fired = failed;
  repair();
  if (failed) await stage.cancel();
};

const requests = ["native", "job-api", "queue"] as const;

/** Outages of our own, as far as they can be had inside of one process. Those of the packaged stack are tier C. */
export const outageFaults = [
  fault({
    name: "table-gone",
    share: 1.2,
    triggers: requests,
    tiers: ["A"],
    request: async (stage) => {
      stage.world.breakTable?.("gone");
      stage.isMute = true;
      await cancelTwice(stage, () => {
        stage.world.restore?.();
        stage.isMute = false;
      });
    },
  }),
  fault({
    name: "function-dies-in-cancel",
    triggers: requests,
    tiers: ["A"],
    share: 2,
    request: async (stage) => {
      stage.world.breakTable?.({ diesAtCall: 1 + Math.floor(stage.plan.chance * 3) });
      await cancelTwice(stage, () => stage.world.restore?.());
    },
  }),
  fault({
    name: "function-dies-in-check",
    share: 1.2,
    tiers: ["A"],
    after: async (stage) => {
      await stage.world.pass(1_000);
      stage.world.breakTable?.({ diesAtCall: 1 + Math.floor(stage.plan.chance * 4) });
      await stage.world.check(stage.uid).catch(() => {});
      stage.world.restore?.();
      stage.fired = true;
    },
  }),
];
