import * as v from "valibot";
import { defineService } from "../../shared/operations/define.ts";
import { jobId, projectId, text } from "../../shared/validation/identifiers.ts";
import { ddsWords } from "./replies.ts";

export const instanceId = text(/^[0-9A-Za-z]{1,64}$/, "an instance id of 1 to 64 letters and digits");

// RESIZE_FLAVOR is documented; the others are the tasks that the user guide lets wait for a maintenance window (P).
const jobTypes = ["RESIZE_FLAVOR", "RESTART", "PATCH_UPGRADE"] as const;

/** Document Database Service: tasks that wait for the maintenance window of an instance. */
export const dds = defineService({
  name: "dds",
  scope: v.strictObject({ projectId, instanceId: v.exactOptional(instanceId) }),
  jobId,
  identity: ({ projectId }) => [projectId],
  owner: ({ projectId }) => projectId,
  jobTypes,
  // The user guide: a task can be cancelled while it waits to be executed.
  cancel: { states: ["queued"], jobTypes, residue: [] },
  states: ddsWords.states,
  takesSecret: false,
  counted: true,
});
