import type * as v from "valibot";

/**
 * What would have been right, in the words of the schema. Where a schema has none, the library's own would stand there,
 * and those repeat the value that was received: it may be a secret.
 */
export const toExpectation = (issue: v.BaseIssue<unknown>): string => {
  if (issue.input === undefined) return "given";
  if (issue.expected === "never") return "left out: it is not known here";
  if (issue.message.startsWith("Invalid ")) return issue.type.endsWith("object") ? "an object" : "of another form";
  return issue.message;
};
