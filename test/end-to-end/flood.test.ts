import { expect, test } from "vitest";
import { useStanddown } from "../support/end-to-end/end-to-end-fixture.ts";
import { planFlood } from "../support/flood/cancel-flood.ts";
import { expectAllOnce } from "../support/flood/flood-outcome.ts";
import { pour, registerAll, untilAllIsTold } from "../support/flood/pour-flood.ts";

const { standdown } = useStanddown();

/** `npm run test:flood` sends twenty thousand. */
const size = Number(process.env.STANDDOWN_FLOOD || 1_000);
const seed = 20_261_122;
/** A tenth of what two cores settle in a second; and time for the runner to begin. */
const withinMs = 20_000 + size * 10;

test(
  `a flood of ${size} messages: each is done or dead-lettered, none is lost and none has an effect twice`,
  async () => {
    const flood = planFlood(size, seed);
    await registerAll(standdown(), flood);
    const poured = await pour(standdown(), flood, withinMs);
    await untilAllIsTold(standdown(), flood, withinMs);
    const tally = await expectAllOnce(standdown(), flood, poured);
    console.log(`flood with seed ${seed}: ${JSON.stringify(tally)}`);
    expect(tally.deadLettered).toBe(flood.messages.filter(({ end }) => end !== "done").length);
  },
  4 * withinMs,
);
