import { acs3 } from "./acs3.ts";
import { alibabaBearer, authToken, bearer, type Scheme, signedBy, unsupported } from "./authenticate.ts";
import { huaweiSignature } from "./huawei-signature.ts";
import { rpcV1 } from "./rpc-v1.ts";

/**
 * How callers of Alibaba Cloud's APIs say who they are, in the order in which it is looked for: a token wins over a
 * signature (P). `Authorization: Bearer` is for people with curl (P).
 */
export const alibabaAuthentication: readonly Scheme[] = [
  alibabaBearer,
  bearer,
  signedBy(acs3),
  signedBy(rpcV1),
  unsupported,
];

/** The same for the services of the Huawei family. Whoever sends a token and a signature is known by the token (P). */
export const huaweiAuthentication: readonly Scheme[] = [authToken, signedBy(huaweiSignature), unsupported];
