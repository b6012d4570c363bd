import { setTimeout as pause } from "node:timers/promises";
import type { Stage } from "../stage/stage.ts";
import { partSeconds } from "../work/start-work.ts";

/** Nobody hears of the worker for as long as it takes to be presumed to have stopped. */
export const waitInSilence = async (stage: Stage): Promise<void> => {
  const { leaseSeconds, graceSeconds } = stage.world;
  await stage.passAndCheck(1_000, false);
  await stage.passAndCheck((leaseSeconds + graceSeconds) * 1000 + 2_000, false);
  // Work that goes on is to be seen.
  await pause(2.5 * partSeconds * 1000);
};
