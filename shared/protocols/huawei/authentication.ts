import { authToken, type Scheme, signedBy, unsupported } from "../../auth/authenticate.ts";
import { huaweiSignature } from "./signature.ts";

/** How callers of the Huawei family say who they are, in the order in which it is looked for. Whoever sends a token and a signature is known by the token (P). */
export const huaweiAuthentication: readonly Scheme[] = [authToken, signedBy(huaweiSignature), unsupported];
