import * as v from "valibot";
import { toExpectation } from "../validation/expectation.ts";
import { findContradictions } from "./contradictions.ts";
import { type ConfigDocument, documentSchema } from "./document-schema.ts";
import { findDuplicateMembers } from "./duplicate-members.ts";

/** Names all faults at once, by their places. Values are left out: they may be secrets. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(source: string, faults: readonly string[]) {
    super(`the configuration in ${source} is not usable:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`);
  }
}

export const parseConfig = (source: string, text: string): ConfigDocument => {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new ConfigError(source, ["it is not JSON"]);
  }
  const result = v.safeParse(documentSchema, content);
  const faults = [
    ...findDuplicateMembers(text).map((name) => `the member ${JSON.stringify(name)} is given twice in one object`),
    ...(result.success ? findContradictions(result.output) : result.issues.map(describe)),
  ];
  if (result.success && faults.length === 0) return result.output;
  throw new ConfigError(source, faults);
};

const describe = (issue: v.BaseIssue<unknown>): string => {
  const place = v.getDotPath(issue) ?? "the document";
  return issue.input === undefined ? `${place} is missing` : `${place} must be ${toExpectation(issue)}`;
};
