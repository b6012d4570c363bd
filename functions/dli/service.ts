import * as v from "valibot";
import { defineService } from "../../shared/operations/define.ts";
import { jobId, projectId, text } from "../../shared/validation/identifiers.ts";
import { dliWords } from "./replies.ts";

const queueName = text(
  /^(?!_)(?![0-9]+$)[A-Za-z0-9_]{1,128}$/,
  "a queue name of 1 to 128 letters, digits and underscores",
);

// All but SCALE_QUEUE can be cancelled (P): it is the type whose jobs show SCALING, which the console does not cancel.
const cancellable = [
  "QUERY",
  "INSERT",
  "UPDATE",
  "DELETE",
  "IMPORT",
  "EXPORT",
  "DDL",
  "DCL",
  "DATA_MIGRATION",
  "RESTART_QUEUE",
] as const;

/** Data Lake Insight of Huawei Cloud and Open Telekom Cloud: SQL jobs of a project. */
export const dli = defineService({
  name: "dli",
  scope: v.strictObject({ projectId, queueName: v.exactOptional(queueName) }),
  jobId,
  identity: ({ projectId }) => [projectId],
  owner: ({ projectId }) => projectId,
  jobTypes: [...cancellable, "SCALE_QUEUE"],
  cancel: { states: ["queued", "running"], jobTypes: cancellable, residue: [] },
  states: dliWords.states,
  takesSecret: false,
});
