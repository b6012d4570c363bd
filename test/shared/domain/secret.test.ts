import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "../../../shared/domain/secret.ts";

const secret = new Secret("correct horse");

test("a secret is revealed to who asks for it", () => {
  expect(secret.reveal()).toBe("correct horse");
});

test.each<[string, (secret: Secret) => string]>([
  ["as text", String],
  ["in a template", (it) => `${it}`],
  ["as JSON", (it) => JSON.parse(JSON.stringify({ it })).it],
  ["by console.log and in stack traces", inspect],
])("a secret printed %s is redacted", (_, print) => {
  expect(print(secret)).toBe("[redacted]");
});

test("a secret has no member that could be copied", () => {
  expect({ ...secret }).toEqual({});
});
