import { expect, test } from "vitest";
import { drawPlan } from "../../../bench/truth/draw.ts";
import { findFault } from "../../../bench/truth/faults/table.ts";
import { kinds } from "../../../bench/truth/plan/plan.ts";

const given = { seed: 7, tier: "A", kinds, hasNamespace: true } as const;
const drawn = Array.from({ length: 2_000 }, (_, index) => drawPlan({ ...given, index }));

test("a job depends on the seed and its number alone", () => {
  expect(drawPlan({ ...given, index: 1_234 })).toEqual(drawn[1_234]);
  expect(drawPlan({ ...given, seed: 8, index: 1_234 })).not.toEqual({ ...drawn[1_234], seed: 8 });
});

test("every drawn fault is possible for its kind of work and its trigger", () => {
  for (const { faults, kind, trigger, tier } of drawn)
    for (const fault of faults.map(findFault)) {
      expect(fault.kinds).toContain(kind);
      expect(fault.triggers).toContain(trigger);
      expect(fault.tiers).toContain(tier);
    }
});

test("at least eighteen faults are drawn, and some jobs have two", () => {
  expect(new Set(drawn.flatMap(({ faults }) => faults)).size).toBeGreaterThanOrEqual(18);
  expect(drawn.some(({ faults }) => faults.length === 2)).toBe(true);
});

test("without namespaces nothing is drawn that needs one", () => {
  const names = drawn.flatMap(({ index }) => drawPlan({ ...given, hasNamespace: false, index }).faults);
  expect(names.filter((name) => findFault(name).needsNamespace)).toEqual([]);
});
