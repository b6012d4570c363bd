import { expect, test } from "vitest";
import { againstTheGlossary, idleExceptions } from "./glossary.ts";
import { readDocs, readSources } from "./sources.ts";

const texts = new Map([...readSources(), ...readDocs()]);

test("code, docs, API and logs use the words of the glossary", () => {
  expect(againstTheGlossary(texts)).toEqual([]);
});

test("every exception is needed", () => {
  expect(idleExceptions(texts)).toEqual([]);
});

test.each([
  ["an order to stop", "stop request"],
  ["the next rung of a ladder", "escalation step"],
  ["const followUps = []", "reconcile, check"],
  ["at the next look", "check"],
  ["entomb(job)", "tombstone"],
  ["cleanUpRate: 1", "cleanup"],
  ["a Clean-up", "cleanup"],
  ["it is parked", "dead-letter"],
  ["the password", "secret"],
  ["in each dialect", "protocol"],
  ["by another door", "trigger"],
  ["on the worklist", "due queue"],
])("%s is found", (text, instead) => {
  expect(againstTheGlossary(new Map([["shared/domain/x.ts", text]]))).toEqual([expect.stringContaining(instead)]);
});
