import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { brokenRules } from "../../bench/truth/broken-rules.ts";
import { runCampaign } from "../../bench/truth/campaign.ts";
import { drawPlans } from "../../bench/truth/draw.ts";
import { findContainment } from "../../bench/truth/referee/containment.ts";
import { isTrustworthy, runSelfTest } from "../../bench/truth/self-test.ts";
import { forbiddenLies, isForbidden, replayCommand } from "../../bench/truth/verdict.ts";
import { type Database, startDatabase } from "../../bench/truth/worlds/database.ts";
import { startInProcess } from "../../bench/truth/worlds/in-process.ts";

const containment = findContainment();
const campaign = {
  // Of many seeds one whose first jobs meet every rule below, so that the last five tests end soon.
  plans: drawPlans(1_199, 300, containment),
  containment,
  worlds: 12,
  deadline: Number.POSITIVE_INFINITY,
} as const;

// In which the queries of the campaign run.
let database: Database;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database.stop());

test("the referee convicts a backend that lies, and acquits one that looks", async () => {
  const result = await runSelfTest(containment, 10);
  expect(isTrustworthy(result), JSON.stringify(result)).toBe(true);
}, 60_000);

test("300 cancels of real work: no receipt says more than is known", async () => {
  const { outcomes, unjudged } = await runCampaign({
    ...campaign,
    startWorld: (directory) => startInProcess(directory, { database }),
  });
  expect([outcomes.length, unjudged]).toEqual([300, []]);
  expect(outcomes.flatMap(({ broken, plan }) => (broken === undefined ? [] : [`${plan.faults}: ${broken}`]))).toEqual(
    [],
  );
  const lies = forbiddenLies(outcomes).map(({ outcome, lie }) => `${JSON.stringify(lie)} ${replayCommand(outcome)}`);
  expect(lies).toEqual([]);
  // What was drawn has happened, or the campaign would show nothing.
  const happened = new Set(outcomes.flatMap(({ fired }) => fired));
  expect(happened.size).toBeGreaterThanOrEqual(18);
}, 180_000);

describe("within 300 runs a broken rule is found:", () => {
  test.each(Object.entries(brokenRules))(
    "%s",
    async (_, { altered, work, convictedOf }) => {
      const { outcomes } = await runCampaign({
        ...campaign,
        startWorld: (directory) => startInProcess(directory, { ...altered, database }),
        ...(work === undefined ? {} : { work }),
        isEnough: ({ lies }) => lies.some(isForbidden),
      });
      expect(forbiddenLies(outcomes).map(({ lie }) => lie.class)).toContain(convictedOf);
    },
    180_000,
  );
});
