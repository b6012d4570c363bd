import * as v from "valibot";
import { defineService } from "../../shared/operations/define.ts";
import { instanceId, jobId, postgresName, regionId } from "../../shared/validation/identifiers.ts";
import { documentStates, indexStates } from "./replies.ts";

/** The workspace takes precedence when both are given, as documented. */
const instanceOrWorkspace = ({
  workspaceId,
  dbInstanceId,
}: {
  readonly workspaceId?: string;
  readonly dbInstanceId?: string;
}): string => workspaceId ?? dbInstanceId ?? "";

const indexScope = v.pipe(
  v.strictObject({
    regionId,
    dbInstanceId: v.exactOptional(instanceId),
    workspaceId: v.exactOptional(instanceId),
    namespace: postgresName,
    collection: postgresName,
  }),
  v.forward(
    v.partialCheck([["dbInstanceId"], ["workspaceId"]], (given) => instanceOrWorkspace(given) !== ""),
    ["dbInstanceId"],
  ),
);

const indexJobTypes = ["create-index"] as const;

/** AnalyticDB for PostgreSQL: jobs that build the vector index of a collection. */
export const analyticDbIndex = defineService({
  name: "analyticdb-index",
  scope: indexScope,
  jobId,
  identity: (scope) => [scope.regionId, instanceOrWorkspace(scope), scope.namespace, scope.collection],
  owner: (scope) => instanceOrWorkspace(scope),
  jobTypes: indexJobTypes,
  // P: the page does not say which jobs can be cancelled.
  cancel: { states: ["queued", "running"], jobTypes: indexJobTypes, residue: [] },
  states: indexStates,
  takesSecret: true, // P: a job that was registered without one takes any
});

const documentJobTypes = ["upload-document"] as const;

/** AnalyticDB for PostgreSQL: jobs that read a document into a collection. */
export const analyticDbDocument = defineService({
  name: "analyticdb-document",
  scope: v.strictObject({
    regionId,
    dbInstanceId: instanceId,
    namespace: v.optional(postgresName, "public"),
    collection: postgresName,
  }),
  jobId,
  identity: ({ regionId, dbInstanceId, namespace, collection }) => [regionId, dbInstanceId, namespace, collection],
  owner: ({ dbInstanceId }) => dbInstanceId,
  jobTypes: documentJobTypes,
  cancel: {
    // The page's "once the canceling operation is complete, failed or canceled" is a mistranslation: it means the job.
    states: ["queued", "running"],
    jobTypes: documentJobTypes,
    residue: [
      "documents that were written before the stop stay; remove them with DeleteCollectionData or upload again",
    ],
  },
  states: documentStates,
  takesSecret: true, // P: a job that was registered without one takes any
});
