import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Change } from "../cancellation/change.ts";
import { isTerminal } from "../cancellation/job.ts";
import { activeAttributes, expiryOf, toValue } from "./job-item.ts";

/** The expressions of one `UpdateItem`. All names and values go in as placeholders, so none is a reserved word. */
export const updateOf = (change: Change, write: string) => {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};

  const path = (dotted: string) =>
    dotted
      .split(".")
      .map((name) => {
        names[`#${name}`] = name;
        return `#${name}`;
      })
      .join(".");
  const value = (content: unknown) => {
    const placeholder = `:v${Object.keys(values).length}`;
    values[placeholder] = toValue(content);
    return placeholder;
  };
  const equals = (name: string, content: unknown) => `${path(name)} = ${value(content)}`;
  const oneOf = (name: string, contents: readonly unknown[]) => `${path(name)} IN (${contents.map(value).join(", ")})`;
  const absentOr = (name: string, content: unknown) =>
    `(attribute_not_exists(${path(name)}) OR ${equals(name, content)})`;

  const { when, set = {}, claim, conclude, step, repeat, dueAt } = change;
  const conditions = [
    // A write that arrives a second time, because its first answer was lost, must not apply again.
    `${path("write")} <> ${value(write)}`,
    oneOf("state", when.states),
    when.uid === undefined ? undefined : equals("uid", when.uid),
    when.heartbeatAt === undefined ? undefined : equals("heartbeatAt", when.heartbeatAt),
    when.jobTypes === undefined ? undefined : oneOf("jobType", when.jobTypes),
    when.secretHash === undefined ? undefined : absentOr("secretHash", when.secretHash),
    when.account === undefined ? undefined : absentOr("account", when.account),
  ];

  const ends = set.state !== undefined && isTerminal(set.state);
  const sets = [
    equals("write", write),
    ...Object.entries(set).map(([name, content]) => equals(name, content)),
    claim && equals("cancellation", claim),
    conclude && equals("cancellation.outcome", conclude.outcome),
    conclude && equals("cancellation.evidence", conclude.evidence),
    conclude?.residue && equals("cancellation.residue", conclude.residue),
    step && `${path("cancellation.steps")} = list_append(${path("cancellation.steps")}, ${value([step])})`,
    repeat && `${path("cancellation.repeats")} = ${path("cancellation.repeats")} + ${value(1)}`,
    dueAt === undefined || ends ? undefined : equals("dueAt", dueAt),
    ends && set.endedAt !== undefined ? equals("expiresAt", expiryOf(set.endedAt)) : undefined,
  ];
  const removes = ends ? ` REMOVE ${activeAttributes.map(path).join(", ")}` : "";

  return {
    ConditionExpression: conditions.filter(Boolean).join(" AND "),
    UpdateExpression: `SET ${sets.filter(Boolean).join(", ")}${removes}`,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
};
