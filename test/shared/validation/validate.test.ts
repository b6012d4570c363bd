import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { describeIssue, type RequestError, RequestRejected } from "../../../shared/validation/request-error.ts";
import { validate } from "../../../shared/validation/validate.ts";

const schema = v.strictObject({
  age: v.pipe(v.number("a number"), v.minValue(0, "at least 0")),
  name: v.string("text"),
  tags: v.optional(v.array(v.string("text"), "a list")),
  owner: v.optional(v.strictObject({ id: v.string("text") })),
  colour: v.optional(v.picklist(["red", "green"])),
});

/** The failure that an input is refused with. */
const failureOf = (of: v.GenericSchema, input: unknown): RequestError | undefined => {
  try {
    validate(of, input);
  } catch (error) {
    if (error instanceof RequestRejected) return error.failure;
    throw error;
  }
  return undefined;
};

const issuesOf = (input: unknown, of: v.GenericSchema = schema) => {
  const failure = failureOf(of, input);
  return failure?.kind === "invalid" ? failure.issues : failure;
};

const good = { age: 1, name: "a" };
const invalid = (parameter: string, expected: string) => ({ parameter, rule: "invalid", expected });
const required = (parameter: string) => ({ parameter, rule: "required", expected: "given" });

test("what is valid comes back as the schema makes it", () => {
  expect(validate(v.pipe(v.string(), v.transform(Number)), "7")).toBe(7);
  expect(validate(schema, good)).toEqual(good);
});

describe("what is not valid is refused with what would be right, and never with what was received", () => {
  test.each<[string, unknown, object]>([
    ["of another type", { ...good, age: "s3cret" }, invalid("age", "a number")],
    ["out of range", { ...good, age: -1 }, invalid("age", "at least 0")],
    ["in a list", { ...good, tags: ["a", 7] }, invalid("tags.1", "text")],
    ["in an object", { ...good, owner: { id: 7 } }, invalid("owner.id", "text")],
    ["no object, where one belongs", { ...good, owner: "s3cret" }, invalid("owner", "an object")],
    ["a whole body that is none", "s3cret", invalid("body", "an object")],
    ["not one of those that there are", { ...good, colour: "s3cret" }, invalid("colour", "of another form")],
    ["unknown here", { ...good, size: "s3cret" }, invalid("size", "left out: it is not known here")],
    ["unknown here, and maybe a secret", { ...good, s3cret: 1 }, invalid("a member", "left out: it is not known here")],
    ["missing", { age: 1 }, required("name")],
    ["a whole body that is missing", undefined, required("body")],
  ])("%s", (_, input, issue) => {
    expect(issuesOf(input)).toEqual([issue]);
  });

  test("what is missing comes first, as all five providers check", () => {
    expect(issuesOf({ age: "s3cret", tags: 7, owner: {} })).toEqual([
      required("name"),
      required("owner.id"),
      invalid("age", "a number"),
      invalid("tags", "a list"),
    ]);
  });

  // A check that names the members it needs is about their presence.
  test("a check over several members that one is missing from", () => {
    const either = v.pipe(
      v.object({ uid: v.optional(v.string()), jobId: v.optional(v.string()) }),
      v.forward(
        v.partialCheck(
          [["uid"], ["jobId"]],
          ({ uid, jobId }) => uid !== undefined || jobId !== undefined,
          "one of both",
        ),
        ["jobId"],
      ),
    );
    expect(issuesOf({}, either)).toEqual([required("jobId")]);
  });
});

test("as many faults are named as a person reads", () => {
  const many = { ...good, tags: Array.from({ length: 30 }, () => 7) };
  const issues = issuesOf(many);
  expect(issues).toEqual(Array.from({ length: 20 }, (_, index) => invalid(`tags.${index}`, "text")));
});

test.each([
  [required("JobId"), "JobId is missing"],
  [invalid("JobId", "text"), "JobId must be text"],
] as const)("%o is said as %j", (issue, words) => {
  expect(describeIssue(issue as Parameters<typeof describeIssue>[0])).toBe(words);
});

test("a refusal is an error that carries its failure", () => {
  const refusal = new RequestRejected({ kind: "unavailable" });
  expect(refusal).toBeInstanceOf(Error);
  expect(refusal).toMatchObject({ name: "RequestRejected", message: "unavailable", failure: { kind: "unavailable" } });
});
