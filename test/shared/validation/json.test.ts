import { expect, test } from "vitest";
import { parseJson } from "../../../shared/validation/json.ts";
import { RequestRejected } from "../../../shared/validation/request-error.ts";

const refusalOf = (text: string): unknown => {
  try {
    return parseJson(text, "the body");
  } catch (error) {
    if (error instanceof RequestRejected) return error.failure;
    throw error;
  }
};
const refused = (problem: string) => ({ kind: "malformed", detail: `the body ${problem}` });

test.each<[string, unknown]>([
  ["7", 7],
  ["null", null],
  ['"😀"', "😀"],
  ['[1,null,{"a":true}]', [1, null, { a: true }]],
  ['{"a":null,"b":{"c":null,"d":[{"e":null,"f":0}]}}', { b: { d: [{ f: 0 }] } }],
  ['{"__proto__":{"a":1}}', Object.fromEntries([["__proto__", { a: 1 }]])],
])("%s is read without the members that are null", (text, value) => {
  expect(parseJson(text, "the body")).toEqual(value);
});

test.each(["", "{", "{'a':1}", '{"a":1}x', "s3cret"])("%j is refused without being repeated", (text) => {
  expect(refusalOf(text)).toEqual(refused("is not JSON"));
});

test.each(['"\\ud83d"', '["a\\ude00"]', '{"a":{"b":"\\ud83d x"}}', '{"\\ud83d":1}'])(
  "%s has half of a character",
  (text) => {
    expect(refusalOf(text)).toEqual(refused("has text that is not well-formed Unicode"));
  },
);

test.each([
  ["[", "]"],
  ['{"a":', "}"],
])("%s is nested as deep as 32, and no deeper", (open, close) => {
  const nested = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
  expect(refusalOf(nested(32))).toEqual(JSON.parse(nested(32)));
  expect(refusalOf(nested(33))).toEqual(refused("is nested too deep"));
});
