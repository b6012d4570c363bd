import * as v from "valibot";
import { defineCancel, defineService } from "../../../shared/operations/define.ts";
import { alibabaAuthentication } from "../../../shared/protocols/alibaba-rpc/authentication.ts";
import { alibabaRpcReplies } from "../../../shared/protocols/alibaba-rpc/replies.ts";
import {
  instanceId,
  jobId,
  namespacePassword,
  postgresName,
  regionId,
} from "../../../shared/validation/identifiers.ts";

const states = {
  queued: "Running", // P: there is no word for a job that waits
  running: "Running",
  stopping: "Running", // P: nor for one that is being stopped
  succeeded: "Success",
  failed: "Failed",
  cancelled: "Cancelled",
};

const jobTypes = ["create-index"] as const;

/** The workspace takes precedence when both are given, as documented. */
const instanceOrWorkspace = ({
  workspaceId,
  dbInstanceId,
}: {
  readonly workspaceId?: string;
  readonly dbInstanceId?: string;
}): string => workspaceId ?? dbInstanceId ?? "";

const scope = v.pipe(
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

export const analyticDbIndex = defineService({
  name: "analyticdb-index",
  scope,
  jobId,
  identity: (scope) => [scope.regionId, instanceOrWorkspace(scope), scope.namespace, scope.collection],
  owner: (scope) => instanceOrWorkspace(scope),
  jobTypes,
  // P: the page does not say which jobs can be cancelled.
  cancel: { states: ["queued", "running"], jobTypes, residue: [] },
  states,
  takesSecret: true, // P: a job that was registered without one takes any
});

/** AnalyticDB for PostgreSQL, CancelCreateIndexJob, version 2016-05-03. */
export const cancelCreateIndexJob = defineCancel({
  name: "cancel-create-index-job",
  service: analyticDbIndex,
  route: { action: "CancelCreateIndexJob", version: "2016-05-03" },
  parameters: v.pipe(
    v.object({
      RegionId: regionId,
      // The page gives "ip, l2, cosine" as its values: a paste error from another operation.
      WorkspaceId: v.exactOptional(instanceId),
      DBInstanceId: v.exactOptional(instanceId),
      Namespace: postgresName,
      NamespacePassword: namespacePassword,
      Collection: postgresName,
      JobId: jobId,
    }),
    v.forward(
      v.partialCheck(
        [["DBInstanceId"], ["WorkspaceId"]],
        ({ DBInstanceId, WorkspaceId }) => (DBInstanceId ?? WorkspaceId) !== undefined,
      ),
      ["DBInstanceId"],
    ),
  ),
  normalize: ({ RegionId, WorkspaceId, DBInstanceId, Namespace, Collection, NamespacePassword, JobId }) => ({
    scope: {
      regionId: RegionId,
      namespace: Namespace,
      collection: Collection,
      ...(WorkspaceId === undefined ? {} : { workspaceId: WorkspaceId }),
      ...(DBInstanceId === undefined ? {} : { dbInstanceId: DBInstanceId }),
    },
    jobId: JobId,
    secret: NamespacePassword,
  }),
  secretParameter: "NamespacePassword",
  permission: {
    action: "gpdb:CancelCreateIndexJob",
    // P: a workspace stands where the documented resource has the instance.
    resource: ({ RegionId, WorkspaceId, DBInstanceId }, { account = "*" }) =>
      `acs:gpdb:${RegionId}:${account}:collection/${WorkspaceId ?? DBInstanceId}`,
  },
  authentication: alibabaAuthentication,
  render: alibabaRpcReplies(states),
});
