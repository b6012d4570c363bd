import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate, intersects, matches, mayEver, type Permission } from "../../../shared/auth/policy.ts";
import type { Policy } from "../../../shared/domain/principal.ts";

const allow = (actions: string[], resources: string[]): Policy => ({ effect: "allow", actions, resources });
const deny = (actions: string[], resources: string[]): Policy => ({ effect: "deny", actions, resources });

describe("evaluate", () => {
  test.each([
    ["no policy", [], "implicitly-denied"],
    ["an allow of all", [allow(["*"], ["*"])], "allowed"],
    ["an allow of the service", [allow(["gpdb:*"], ["*"])], "allowed"],
    ["an allow of another action", [allow(["gpdb:Describe*"], ["*"])], "implicitly-denied"],
    ["an allow of another resource", [allow(["*"], ["acs:gpdb:*:*:document/*"])], "implicitly-denied"],
    ["an allow of this resource", [allow(["*"], ["acs:gpdb:cn-*:*:collection/gp-1"])], "allowed"],
    ["a deny beside an allow", [allow(["*"], ["*"]), deny(["gpdb:Cancel*"], ["*"])], "explicitly-denied"],
    ["an allow of another action too", [allow(["dli:*", "gpdb:*"], ["*"])], "allowed"],
    ["an allow of another resource too", [allow(["*"], ["dli:*", "acs:gpdb:*"])], "allowed"],
    ["a deny alone", [deny(["*"], ["*"])], "explicitly-denied"],
    ["a deny of another resource alone", [deny(["*"], ["dli:*"])], "implicitly-denied"],
    ["an allow after a deny", [deny(["*"], ["*"]), allow(["*"], ["*"])], "explicitly-denied"],
    ["a deny of something else", [allow(["*"], ["*"]), deny(["gpdb:Delete*"], ["*"])], "allowed"],
  ])("%s", (_, policies, verdict) => {
    const resource = "acs:gpdb:cn-hangzhou:1:collection/gp-1";
    expect(evaluate(policies, { action: "gpdb:CancelCreateIndexJob", resource, owner: "gp-1" })).toBe(verdict);
  });

  const about = (effect: Policy["effect"], narrowed: Partial<Policy>): Policy => ({
    effect,
    actions: ["*"],
    resources: ["*"],
    ...narrowed,
  });
  const everything = about("allow", {});
  const asked = { action: "a", resource: "r", owner: "p" };

  test.each<[string, Policy[], Partial<Permission>, string]>([
    [
      "an operation, that one",
      [about("allow", { operations: ["cancel-*"] })],
      { operation: "cancel-sql-job" },
      "allowed",
    ],
    [
      "an operation, another",
      [about("allow", { operations: ["cancel-*"] })],
      { operation: "show" },
      "implicitly-denied",
    ],
    ["an operation, our own API", [about("allow", { operations: ["*"] })], {}, "implicitly-denied"],
    ["no such operation", [everything, about("deny", { operations: ["show"] })], { operation: "cancel" }, "allowed"],
    ["a project, that one", [about("allow", { projects: ["q", "p"] })], {}, "allowed"],
    ["a project, another", [about("allow", { projects: ["q"] })], {}, "implicitly-denied"],
    ["all but a project, that one", [everything, about("deny", { projects: ["p"] })], {}, "explicitly-denied"],
    ["all but a project, another", [everything, about("deny", { projects: ["q"] })], {}, "allowed"],
    ["a secret, that one", [about("allow", { secretRefs: ["alice-*"] })], { secretRef: "alice-1" }, "allowed"],
    ["a secret, another", [about("allow", { secretRefs: ["alice-*"] })], { secretRef: "bob-1" }, "implicitly-denied"],
    ["a secret, and none is used", [about("allow", { secretRefs: ["alice-*"] })], {}, "allowed"],
    ["no secret at all", [about("allow", { secretRefs: [] })], { secretRef: "alice-1" }, "implicitly-denied"],
    [
      "all but a secret, that one",
      [everything, about("deny", { secretRefs: ["a*"] })],
      { secretRef: "a" },
      "explicitly-denied",
    ],
    ["all but a secret, another", [everything, about("deny", { secretRefs: ["a*"] })], { secretRef: "b" }, "allowed"],
    ["all but a secret, and none is used", [everything, about("deny", { secretRefs: ["a*"] })], {}, "allowed"],
  ])("a policy about %s", (_, policies, more, verdict) => {
    expect(evaluate(policies, { ...asked, ...more })).toBe(verdict);
  });

  test("mayEver looks at actions only", () => {
    expect(mayEver([allow(["a:*"], ["nowhere"])], "a:b")).toBe(true);
    expect(mayEver([allow(["c:*", "a:*"], ["nowhere"])], "a:b")).toBe(true);
    expect(mayEver([deny(["*"], ["*"]), allow(["a:*"], ["*"])], "a:b")).toBe(true);
    expect(mayEver([deny(["*"], ["*"])], "a:b")).toBe(false);
    expect(mayEver([allow(["c:*"], ["*"])], "a:b")).toBe(false);
  });
});

describe("intersects", () => {
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 5 });

  test("finds a text for both patterns where there is one", () => {
    // A text that both match need be no longer than both together.
    const texts = ["", "a", "b"];
    for (let from = 0; texts.length < 2 ** 11 - 1; from++) texts.push(`${texts[from + 1]}a`, `${texts[from + 1]}b`);
    const all = [...new Set(texts)];
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        expect(intersects(one, other)).toBe(all.some((text) => matches(one, text) && matches(other, text)));
      }),
      { numRuns: 500 },
    );
  });

  test("takes a time that the lengths bound", () => {
    expect(intersects("*a".repeat(200), "*b".repeat(200))).toBe(false);
  });
});

describe("matches", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", ":", "/", "*"), maxLength: 8 });

  test("agrees with the regular expression that the pattern stands for", () => {
    fc.assert(
      fc.property(word, word, (pattern, text) => {
        const expression = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
        expect(matches(pattern, text)).toBe(new RegExp(`^${expression.join(".*")}$`, "s").test(text));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ["a", "a", true],
    ["a", "ab", false],
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["a*", "a", true],
    ["*a", "ba", true],
    ["ab*ba", "abba", true],
    // What stands before the wildcard and after it may not overlap, nor what stands between two with either.
    ["ab*ba", "aba", false],
    ["a*b*c", "abc", true],
    ["a*bc*c", "abc", false],
    ["a*ab*", "ab", false],
    ["*ab*ba*", "aba", false],
    ["*ab*ba*", "abba", true],
    ["*a*a*a", "aaa", true],
    ["*a*a*a", "aa", false],
  ])("of %j and %j is %s", (pattern, text, matched) => {
    expect(matches(pattern, text)).toBe(matched);
  });

  test("does not run away with a pattern of many wildcards", () => {
    expect(matches(`${"*a".repeat(500)}*b`, "a".repeat(5000))).toBe(false);
  });
});
