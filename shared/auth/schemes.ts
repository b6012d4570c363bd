import { alibabaBearer, authToken, bearer, type Scheme, unsupported } from "./authenticate.ts";

/** How callers of Alibaba Cloud's APIs say who they are, in the order in which it is looked for. */
export const alibabaAuthentication: readonly Scheme[] = [alibabaBearer, bearer, unsupported];

/** The same for the services of the Huawei family. */
export const huaweiAuthentication: readonly Scheme[] = [authToken, unsupported];
