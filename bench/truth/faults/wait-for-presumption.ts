import { setTimeout as pause } from "node:timers/promises";
import type { Stage } from "../stage/stage.ts";
import { partSeconds } from "../work/start-work.ts";

/** Lets pass what it takes until a worker of which nobody hears is presumed to have stopped. */
export const waitForPresumption = async (stage: Stage): Promise<void> => {
  const { leaseSeconds, graceSeconds } = stage.world;
  await stage.passAndCheck(1_000);
  await stage.passAndCheck((leaseSeconds + graceSeconds) * 1000 + 2_000);
  // Work that goes on is to be seen.
  await pause(2.5 * partSeconds * 1000);
};
