import * as v from "valibot";
import { toExpectation } from "./expectation.ts";
import { quoteName } from "./quote-name.ts";
import { RequestRejected, type ValidationIssue } from "./request-error.ts";

/**
 * Checks `input` and gives what the schema makes of it. Refuses with all issues as data, missing parameters first: that
 * is the order in which all five providers check. The schemas' messages say what would be right; the rest of the
 * library's wording stays here.
 */
export const validate = <Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const issues = result.issues.map(toIssue).toSorted((one, other) => rankOf(one) - rankOf(other));
  throw new RequestRejected({
    kind: "invalid",
    // A failure of the library has one issue at least.
    issues: issues.slice(0, maxIssues) as [ValidationIssue, ...ValidationIssue[]],
  });
};

const rankOf = ({ rule }: ValidationIssue): number => (rule === "required" ? 0 : 1);

/** As many as a person reads. An answer must not grow with what is wrong with its request. */
const maxIssues = 20;

const toIssue = (issue: v.BaseIssue<unknown>): ValidationIssue => {
  const required = issue.input === undefined || issue.type === "partial_check";
  return {
    parameter: quoteName(v.getDotPath(issue) ?? "body") ?? "a member",
    rule: required ? "required" : "invalid",
    expected: required ? "given" : toExpectation(issue),
  };
};
