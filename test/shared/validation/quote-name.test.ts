import { expect, test } from "vitest";
import { quoteName } from "../../../shared/validation/quote-name.ts";

const letters = (length: number) => "x".repeat(length);

test.each([
  "JobId",
  "project_id",
  "X-Sdk-Date",
  "labels.team",
  "policies.0.name",
  "policies.123",
  "a.1.b.22.c",
  letters(32),
  `a.${letters(32)}`,
])("%s is a name that an API could have, and is repeated", (name) => {
  expect(quoteName(name)).toBe(name);
});

// Digits, length and other characters are the mark of a secret that stands where a name should.
test.each([
  "",
  letters(33),
  `a.${letters(33)}`,
  "p4ssword",
  "0",
  "a.1234",
  "a.1b",
  "a..b",
  ".a",
  "a.",
  "a b",
  "a b.c",
  "a.b c",
  "a=b",
  "a\n",
  "é",
])("%j may be a secret in the wrong place, and is left out", (name) => {
  expect(quoteName(name)).toBeUndefined();
});
