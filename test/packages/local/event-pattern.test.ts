import { expect, test } from "vitest";
import { matchesPattern, parsePattern } from "../../../packages/local/template/event-pattern.ts";

const fail = (problem: string): never => {
  throw new Error(problem);
};

const event = {
  "detail-type": "dev.standdown.cancel.requested.v1",
  source: "dev.standdown",
  resources: [],
  detail: {
    operation: "cancel-sql-job",
    attempt: 3,
    dryRun: false,
    reason: null,
    note: "",
    labels: ["nightly", "billing"],
    scope: { project: "p-1" },
    jobs: [
      { id: "a", state: "running" },
      { id: "b", state: "queued" },
    ],
  },
};
const both = { "detail-type": [event["detail-type"]], detail: { operation: ["cancel-graph-job", "cancel-sql-job"] } };

/** What AWS answers is from the tests of its Event Ruler, and from those that LocalStack ran against AWS. */
test.each<[string, object, boolean]>([
  ["all fields, each by any of its values", both, true],
  ["one field that is another", { ...both, source: ["dev.other"] }, false],
  ["a field that is absent", { detail: { operation: ["cancel-sql-job"], user: ["a"] } }, false],
  ["a string in another case", { source: ["DEV.standdown"] }, false],
  ["a number", { detail: { attempt: [2, 3] } }, true],
  ["a number as a string", { detail: { attempt: ["3"] } }, false],
  ["a boolean", { detail: { dryRun: [false] } }, true],
  ["null", { detail: { reason: [null] } }, true],
  ["null where the field is absent", { detail: { user: [null] } }, false],
  ["null where it is an empty string", { detail: { note: [null] } }, false],
  ["an empty string", { detail: { note: [""] } }, true],
  ["any element of a list", { detail: { labels: ["weekly", "billing"] } }, true],
  ["no element of a list", { detail: { labels: ["weekly"] } }, false],
  ["an empty list", { resources: [null] }, false],
  ["an object where values are wanted", { detail: { scope: ["p-1"] } }, false],
  ["a value where an object is wanted", { detail: { operation: { name: ["cancel-sql-job"] } } }, false],
  ["an object in a list", { detail: { jobs: { id: ["b"] } } }, true],
  ["two fields of one object in a list", { detail: { jobs: { id: ["b"], state: ["queued"] } } }, true],
  ["two fields of two objects in a list", { detail: { jobs: { id: ["a"], state: ["queued"] } } }, false],
  ["what every object inherits", { detail: { constructor: [{ exists: true }] } }, false],

  ["a prefix", { source: [{ prefix: "dev." }] }, true],
  ["another prefix", { source: [{ prefix: "standdown" }] }, false],
  ["a prefix of any element", { detail: { labels: [{ prefix: "bill" }] } }, true],
  ["a prefix of a number", { detail: { attempt: [{ prefix: "3" }] } }, false],
  ["a prefix or a value", { source: [{ prefix: "x" }, "dev.standdown"] }, true],

  ["exists: a value", { detail: { operation: [{ exists: true }] } }, true],
  ["exists: null", { detail: { reason: [{ exists: true }] } }, true],
  ["exists: a field that is absent", { detail: { user: [{ exists: true }] } }, false],
  ["exists: an empty list", { resources: [{ exists: true }] }, false],
  ["exists: an object, which is no value", { detail: { scope: [{ exists: true }] } }, false],
  ["exists not: a field that is absent", { detail: { user: [{ exists: false }] } }, true],
  ["exists not: in an object that is absent", { detail: { user: { name: [{ exists: false }] } } }, true],
  ["exists not: a value", { detail: { operation: [{ exists: false }] } }, false],
  ["exists not, or a value", { detail: { operation: [{ exists: false }, "cancel-sql-job"] } }, true],

  ["anything but another value", { source: [{ "anything-but": "dev.other" }] }, true],
  ["anything but the value", { source: [{ "anything-but": "dev.standdown" }] }, false],
  ["anything but other values", { detail: { attempt: [{ "anything-but": [1, 2] }] } }, true],
  ["anything but some values", { detail: { attempt: [{ "anything-but": [2, 3] }] } }, false],
  ["anything but: null", { detail: { reason: [{ "anything-but": ["late"] }] } }, true],
  ["anything but: a field that is absent", { detail: { user: [{ "anything-but": ["late"] }] } }, false],
  ["anything but: another element", { detail: { labels: [{ "anything-but": ["nightly"] }] } }, true],
  ["anything but: all elements", { detail: { labels: [{ "anything-but": ["nightly", "billing"] }] } }, false],
])("%s", (_, pattern, matches) => {
  expect(matchesPattern(parsePattern(pattern, fail), event)).toBe(matches);
});

const operation = (condition: unknown) => ({ detail: { operation: [condition] } });
const unknown = (condition: unknown) =>
  `EventPattern.detail.operation: ${JSON.stringify(condition)} cannot be matched locally.`;
test.each<[string, unknown, string]>([
  ["a list", [], "EventPattern must be an object."],
  ["nothing", {}, "EventPattern must not be empty."],
  ["an empty object", { detail: {} }, "EventPattern.detail must not be empty."],
  ["an empty list", { detail: { operation: [] } }, "EventPattern.detail.operation must not be empty."],
  ["a value outside a list", { source: "a" }, "EventPattern.source must be an object or a list."],
  ["an or", { $or: [{ source: ["a"] }] }, 'EventPattern.$or: {"source":["a"]} cannot be matched locally.'],
  ...[
    { suffix: "job" },
    { numeric: [">", 3] },
    { prefix: { "equals-ignore-case": "a" } },
    { prefix: 3 },
    { prefix: "a", exists: true },
    { exists: "true" },
    {},
    ["a"],
    { "anything-but": { prefix: "a" } },
    { "anything-but": [] },
    { "anything-but": ["a", 3] },
    { "anything-but": ["a", null] },
    { "anything-but": true },
  ].map((condition): [string, unknown, string] => [
    JSON.stringify(condition),
    operation(condition),
    unknown(condition),
  ]),
])("refuses %s", (_, pattern, problem) => {
  expect(() => parsePattern(pattern, fail)).toThrow(new Error(problem));
});
