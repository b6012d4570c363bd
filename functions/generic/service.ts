import * as v from "valibot";
import { defineService } from "../../shared/operations/define.ts";
import { text } from "../../shared/validation/identifiers.ts";
import { genericStates } from "./replies.ts";

export const namespace = text(
  /^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/,
  "a namespace: a letter or digit, then up to 63 letters, digits and ._-",
);

/** Whatever a scheduler calls its runs, such as `dag.task` or `etl/2026-11-25`. */
export const genericJobId = text(/^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u, "1 to 200 printable characters");

/** Work that belongs to no provider: a script, a pipeline, whatever `standdown run` starts. */
export const generic = defineService({
  name: "generic",
  scope: v.strictObject({ namespace: v.optional(namespace, "default") }),
  jobId: genericJobId,
  identity: ({ namespace }) => [namespace],
  owner: ({ namespace }) => namespace,
  jobTypes: ["job"],
  jobType: text(
    /^[0-9A-Za-z][0-9A-Za-z._/-]{0,63}$/,
    "a type: a letter or digit, then up to 63 letters, digits and ._/-",
  ),
  cancel: { states: ["queued", "running"], residue: [] },
  states: genericStates,
  takesSecret: false,
});
