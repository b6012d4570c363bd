import { afterAll, beforeAll, expect, test } from "vitest";
import { randomFrom } from "../../examples/workers/random.ts";
import { startDynamoDb } from "../../packages/local/dynamodb/server.ts";
import { type Standdown, startStanddown, until } from "../support/end-to-end/end-to-end.ts";
import { awsOf } from "../support/end-to-end/end-to-end-aws.ts";
import { planFlood } from "../support/flood/cancel-flood.ts";
import { expectAllOnce } from "../support/flood/flood-outcome.ts";
import { pour, registerAll, untilAllIsTold } from "../support/flood/pour-flood.ts";
import { type Fault, startFaultyProxy } from "../support/stack/faulty-proxy.ts";

const dynamodb = await startDynamoDb();
const table = await startFaultyProxy(dynamodb.endpoint);
let standdown: Standdown;
beforeAll(async () => {
  standdown = await startStanddown({ settings: { STANDDOWN_DYNAMODB_ENDPOINT: table.endpoint } });
});
afterAll(async () => {
  await standdown?.stop();
  table.stop();
  await dynamodb.stop();
});

const seed = 4;
const kinds = ["exceed", "throttle", "drop", "lose-answer"] as const;
const random = randomFrom(seed);
/** For two of five calls, as long as they last. Fewer than the messages and their checks take, so that all are used. */
const faults: readonly Fault[] = Array.from({ length: 500 }, () =>
  random() < 0.4 ? (kinds[Math.floor(random() * kinds.length)] ?? "none") : "none",
);

test("a table that throttles, and drops connections before and after the write, loses no message and doubles none", async () => {
  const aws = awsOf(standdown);
  const flood = planFlood(300, seed);
  await registerAll(standdown, flood);
  const callsBefore = table.seen.length;
  table.next(...faults);
  // A call is tried three times. The few messages for which that is not enough come again after two seconds.
  const poured = await pour(standdown, flood, 60_000);
  await until(
    async () => table.seen.length - callsBefore,
    (calls) => calls > faults.length,
    10_000,
  );
  // The checks that failed come again after a minute; the sweep need not wait for that.
  await untilAllIsTold(standdown, flood, 10_000, () => aws.invoke("reconcile-cancellations"));
  aws.stop();
  const count = (kind: Fault) => faults.filter((fault) => fault === kind).length;
  const counts = Object.fromEntries(kinds.map((kind) => [kind, count(kind)]));
  const tally = await expectAllOnce(standdown, flood, poured, count("lose-answer"));
  console.log(`queue under faults with seed ${seed}: ${JSON.stringify({ ...tally, faults: counts })}`);
  expect(tally.retried).toBeGreaterThan(0);
}, 90_000);
