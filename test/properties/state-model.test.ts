import { describe, expect, test } from "vitest";
import { check, invariants } from "../support/model/model-invariants.ts";
import { mutants } from "../support/model/mutants.ts";
import { scenarios } from "../support/model/scenarios.ts";
import { explore, rulesOf } from "../support/model/state-model.ts";

describe("every order of every step keeps the invariants", () => {
  test.each(Object.entries(scenarios))(
    "%s",
    (_, each) => {
      const rules = rulesOf(each);
      expect(explore(each, rules, check(rules))).toBeGreaterThan(100);
    },
    60_000,
  );
});

test.each(Object.entries(mutants))(
  "notices %s",
  (_, { system, in: name, breaks }) => {
    const rules = rulesOf(scenarios[name], system);
    expect(() => explore(scenarios[name], rules, check(rules))).toThrow(new RegExp(`^${breaks} `));
  },
  60_000,
);

test("every invariant has noticed something", () => {
  const noticed = new Set(Object.values(mutants).map(({ breaks }) => breaks));
  expect([...noticed].sort((a, b) => a - b)).toEqual(Object.keys(invariants).map(Number.parseFloat));
});
