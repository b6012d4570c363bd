import { expect, test } from "vitest";
import { hasLabel } from "../../../shared/domain/labels.ts";

const labels = { team: "billing", empty: "" };

test.each([
  { filter: { name: "team" }, has: true },
  { filter: { name: "team", value: "billing" }, has: true },
  { filter: { name: "team", value: "search" }, has: false },
  { filter: { name: "empty", value: "" }, has: true },
  { filter: { name: "missing" }, has: false },
  // Inherited by every object, and no label of the job.
  { filter: { name: "constructor" }, has: false },
])("labels that have $filter: $has", ({ filter, has }) => {
  expect(hasLabel(labels, filter)).toBe(has);
});
