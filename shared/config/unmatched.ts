import { matches } from "../auth/policy.ts";
import type { ConfigDocument } from "./document-schema.ts";

/** What this version serves. */
export interface Known {
  readonly services: readonly string[];
  readonly actions: readonly string[];
  readonly operations: readonly string[];
}

/** Returns what the document names that does not exist here and so never matches, in the words of a fault. */
export const findUnmatched = ({ principals, cleanup }: ConfigDocument, known: Known): readonly string[] => [
  ...principals.flatMap(({ policies }, index) =>
    policies.flatMap(({ actions, operations = [] }, number) => {
      const place = `principals.${index}.policies.${number}`;
      return [
        ...unmatchedIn(actions, known.actions).map((at) => `${place}.actions.${at} matches no action`),
        ...unmatchedIn(operations, known.operations).map((at) => `${place}.operations.${at} matches no operation`),
      ];
    }),
  ),
  ...(cleanup?.policies ?? []).flatMap(({ service }, index) =>
    service === undefined || known.services.includes(service)
      ? []
      : [`cleanup.policies.${index}.service must be one of ${known.services.join(", ")}`],
  ),
];

/** The places of the patterns that match none of these. */
const unmatchedIn = (patterns: readonly string[], names: readonly string[]): readonly number[] =>
  patterns.flatMap((pattern, place) => (names.some((name) => matches(pattern, name)) ? [] : [place]));
