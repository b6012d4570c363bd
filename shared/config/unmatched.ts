import { matches } from "../auth/policy.ts";
import type { ConfigDocument } from "./document-schema.ts";

/** What this version serves. */
export interface Known {
  readonly services: readonly string[];
  readonly actions: readonly string[];
}

/** Returns what the document names that does not exist here and so never matches, in the words of a fault. */
export const findUnmatched = ({ principals, cleanup }: ConfigDocument, known: Known): readonly string[] => [
  ...principals.flatMap(({ policies }, index) =>
    policies.flatMap(({ actions }, number) =>
      actions.flatMap((pattern, place) =>
        known.actions.some((action) => matches(pattern, action))
          ? []
          : [`principals.${index}.policies.${number}.actions.${place} matches no action`],
      ),
    ),
  ),
  ...(cleanup?.policies ?? []).flatMap(({ service }, index) =>
    service === undefined || known.services.includes(service)
      ? []
      : [`cleanup.policies.${index}.service must be one of ${known.services.join(", ")}`],
  ),
];
