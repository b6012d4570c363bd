import { alibabaAuthentication } from "../../shared/protocols/alibaba-rpc/authentication.ts";

/** How callers say who they are. A refusal repeats what they signed, with the values of these parameters alone. */
export const authentication = alibabaAuthentication([
  "RegionId",
  "WorkspaceId",
  "DBInstanceId",
  "Namespace",
  "Collection",
  "JobId",
]);
