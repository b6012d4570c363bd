import * as v from "valibot";
import { defineService } from "../../shared/operations/define.ts";
import { projectId, text } from "../../shared/validation/identifiers.ts";
import { gesWords } from "./replies.ts";

// The pages disagree about the length, 4 to 50 and 4 to 64 characters: names from 1 to 64 are taken (P).
export const graphName = text(
  /^[A-Za-z][A-Za-z0-9_]{0,63}$/,
  "a graph name: a letter, then up to 63 letters, digits and underscores",
);

// Not a UUID: a UUID and nine digits in the samples, and other shapes; no rule is documented (P).
export const graphJobId = text(/^[0-9A-Za-z_-]{1,64}$/, "1 to 64 letters, digits, underscores and hyphens");

const cancellable = ["algorithm", "vertex-filter-query", "edge-filter-query", "add-index"] as const;

/** Graph Engine Service: jobs on one graph. */
export const ges = defineService({
  name: "ges",
  scope: v.strictObject({ projectId, graphName }),
  jobId: graphJobId,
  identity: ({ projectId, graphName }) => [projectId, graphName],
  owner: ({ projectId }) => projectId,
  // The names of all types are ours (P).
  jobTypes: [...cancellable, "import-graph", "export-graph", "delete-index", "clear-graph", "other"],
  cancel: { states: ["queued", "running"], jobTypes: cancellable, residue: [] },
  states: gesWords.states,
  takesSecret: false,
});
