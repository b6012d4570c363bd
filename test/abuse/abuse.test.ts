import { describe, expect, test } from "vitest";
import { classes, runCampaign } from "./campaign.ts";

describe("a campaign of 200 attempts", () => {
  test("is withstood, in every class", async () => {
    const counts = await runCampaign(200, 20_261_128);
    expect(counts.map(({ name }) => name)).toEqual(Object.keys(classes));
    expect(counts.reduce((sum, { attempts }) => sum + attempts, 0)).toBeGreaterThanOrEqual(200);
    expect(counts.flatMap(({ fallen }) => fallen)).toEqual([]);
  }, 60_000);

  test("counts what falls", async () => {
    const [count] = await runCampaign(3, 1, { "a wall that is none": async () => "it fell" });
    expect(count).toEqual({ name: "a wall that is none", attempts: 3, fallen: ["it fell", "it fell", "it fell"] });
  });
});
