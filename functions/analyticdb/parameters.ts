import * as v from "valibot";
import { instanceId, jobId, namespacePassword, postgresName, regionId } from "../../shared/validation/identifiers.ts";

/** What CancelCreateIndexJob and DescribeCreateIndexJob take: the same, as documented. */
export const indexJobParameters = v.pipe(
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
);

type IndexJobParameters = v.InferOutput<typeof indexJobParameters>;

export const toIndexJob = ({
  RegionId,
  WorkspaceId,
  DBInstanceId,
  Namespace,
  Collection,
  NamespacePassword,
  JobId,
}: IndexJobParameters) => ({
  scope: {
    regionId: RegionId,
    namespace: Namespace,
    collection: Collection,
    ...(WorkspaceId === undefined ? {} : { workspaceId: WorkspaceId }),
    ...(DBInstanceId === undefined ? {} : { dbInstanceId: DBInstanceId }),
  },
  jobId: JobId,
  secret: NamespacePassword,
});

/** What CancelUploadDocumentJob and GetUploadDocumentJob take: the same, as documented. */
export const documentJobParameters = v.object({
  DBInstanceId: instanceId,
  Namespace: v.optional(postgresName, "public"),
  Collection: postgresName,
  RegionId: regionId,
  NamespacePassword: namespacePassword,
  JobId: jobId,
});

type DocumentJobParameters = v.InferOutput<typeof documentJobParameters>;

export const toDocumentJob = ({
  RegionId,
  DBInstanceId,
  Namespace,
  Collection,
  NamespacePassword,
  JobId,
}: DocumentJobParameters) => ({
  scope: { regionId: RegionId, dbInstanceId: DBInstanceId, namespace: Namespace, collection: Collection },
  jobId: JobId,
  secret: NamespacePassword,
});
