import * as v from "valibot";
import { Secret } from "../domain/secret.ts";

/** A string of this shape; `expected` is what a caller is told when it is not. */
export const text = (pattern: RegExp, expected: string) => v.pipe(v.string(expected), v.regex(pattern, expected));

/** A job id as AnalyticDB, DDS and DLI have them: UUIDs, and 32 hex digits in some of their siblings. */
export const jobId = text(/^[0-9A-Za-z-]{1,64}$/, "1 to 64 letters, digits and hyphens");

/** A Huawei project id: "up to 64 characters, only letters and digits". */
export const projectId = text(/^[0-9A-Za-z]{1,64}$/, "1 to 64 letters and digits");

/** An Alibaba Cloud region, e.g. cn-hangzhou or cn-north-2-gov-1. */
export const regionId = text(/^[a-z]{2}(-[a-z0-9]{1,20}){1,4}$/, "a region id such as cn-hangzhou");

/** An instance or workspace of AnalyticDB, e.g. gp-bp1234567890 or gp-ws-12345. */
export const instanceId = text(
  /^[a-z0-9-]{1,64}$/,
  "1 to 64 lower-case letters, digits and hyphens, such as gp-bp1234567890",
);

/** The name of a PostgreSQL object: a namespace (schema) or a collection (table). At most 63 bytes. */
export const postgresName = v.pipe(
  v.string("a PostgreSQL name of 1 to 63 bytes"),
  v.check((name) => isPostgresName(name), "a PostgreSQL name of 1 to 63 bytes, without control characters"),
);

const isPostgresName = (name: string): boolean =>
  name !== "" && Buffer.byteLength(name) <= 63 && !/[\p{Cc}\p{Cs}]/u.test(name);

/** Its documented example breaks its documented rule of complexity: on cancel, only its length is looked at. */
export const namespacePassword = v.pipe(
  v.string("1 to 256 characters"),
  v.minLength(1, "1 to 256 characters"),
  v.maxLength(256, "1 to 256 characters"),
  v.transform((given) => new Secret(given)),
);
