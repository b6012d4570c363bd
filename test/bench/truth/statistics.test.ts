import { expect, test } from "vitest";
import { percentile, proportion, proportionText } from "../../../bench/truth/statistics.ts";

/** From tables of the binomial distribution. */
test.each([
  [0, 10, 0, 0.3085],
  [10, 10, 0.6915, 1],
  [5, 10, 0.1871, 0.8129],
  [0, 500, 0, 0.00735],
  [0, 10_000, 0, 0.000369],
  [8500, 10_000, 0.84285, 0.85694],
])("the interval of %i in %i", (hits, of, low, high) => {
  const found = proportion(hits, of);
  expect(found.low).toBeCloseTo(low, 4);
  expect(found.high).toBeCloseTo(high, 4);
});

test("no share is named of nothing", () => {
  expect(proportionText(proportion(0, 0))).toBe("–");
});

test("a percentile is one of the values", () => {
  expect([0.5, 0.99, 1].map((share) => percentile([3, 1, 2], share))).toEqual([2, 3, 3]);
});
