import * as v from "valibot";
import { expect, test } from "vitest";
import { toExpectation } from "../../../shared/validation/expectation.ts";

const expectationsOf = (schema: v.GenericSchema, input: unknown) =>
  v.safeParse(schema, input).issues?.map(toExpectation);

// The library's own messages repeat what was received, which may be a secret: none of them may come through.
test.each<[string, v.GenericSchema, unknown, string]>([
  ["missing", v.string("text"), undefined, "given"],
  ["not known", v.strictObject({}), { s3cret: 1 }, "left out: it is not known here"],
  ["no object", v.object({}), "s3cret", "an object"],
  ["no object that is known in full", v.strictObject({}), "s3cret", "an object"],
  ["of another type, without words of its own", v.number(), "s3cret", "of another form"],
  ["of another type, with words of its own", v.number("a number"), "s3cret", "a number"],
])("what is %s should be as the schema says", (_, schema, input, expected) => {
  expect(expectationsOf(schema, input)).toEqual([expected]);
});
