import { alibabaBearer, bearer, type Scheme, signedBy, unsupported } from "../../auth/authenticate.ts";
import { acs3 } from "./acs3.ts";
import { rpcV1 } from "./rpc-v1.ts";

/**
 * How callers of Alibaba Cloud's APIs say who they are, in the order in which it is looked for: a token wins over a
 * signature (P). `Authorization: Bearer` is for people with curl (P). The values of the parameters in `told` are no secrets.
 */
export const alibabaAuthentication = (told: readonly string[]): readonly Scheme[] => [
  alibabaBearer,
  bearer,
  signedBy(acs3),
  signedBy(rpcV1(told)),
  unsupported,
];
