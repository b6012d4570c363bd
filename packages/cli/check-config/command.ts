import { readFile } from "node:fs/promises";
import { endpoints } from "../../../functions/jobs/endpoints.ts";
import { cancelOperations, knownServices, readOperations } from "../../../functions/registry.ts";
import { ConfigError, parseConfig } from "../../../shared/config/document.ts";
import { findUnmatched } from "../../../shared/config/unmatched.ts";

const usage = `usage: standdown check-config FILE

Tells all faults of a configuration document at once, by their places and without values.`;

const operations = [...cancelOperations, ...readOperations];

const known = {
  services: [...new Set(knownServices.map(({ name }) => name))],
  actions: [
    ...operations.map(({ permission }) => permission.action),
    ...endpoints.map(({ action }) => `standdown:${action}`),
    "standdown:WitnessJob",
  ],
  operations: operations.map(({ name }) => name),
};

/** Runs the command and prints what it finds. Returns the exit code: 0, 1 for a document that is not usable, 2 for a wrong command line. */
export const run = async (args: readonly string[]): Promise<number> => {
  const [file] = args;
  if (file === undefined || file.startsWith("-") || args.length > 1) {
    console.error(usage);
    return 2;
  }
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Error(`${file} cannot be read`, { cause });
  });
  const document = parseConfig(file, text);
  const unmatched = findUnmatched(document, known);
  if (unmatched.length > 0) throw new ConfigError(file, unmatched);
  const { principals, cleanup } = document;
  console.log(`${file} is usable: ${principals.length} principals, ${cleanup?.policies?.length ?? 0} cleanup policies`);
  return 0;
};
