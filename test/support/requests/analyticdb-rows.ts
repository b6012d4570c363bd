import type { Row } from "./failure-rows.ts";

/** A request without one of its parameters. */
export const missing = (parameter: string): Row => ({
  name: `no ${parameter}`,
  asked: { parameters: { [parameter]: undefined } },
  expected: [
    400,
    "MissingParameter",
    `The input parameter "${parameter}" that is mandatory for processing this request is not supplied.`,
  ],
});

/** A request with a parameter of another form. */
export const invalid = (parameter: string, value: string): Row => ({
  name: `${parameter} = ${JSON.stringify(value.slice(0, 20))}`,
  asked: { parameters: { [parameter]: value } },
  expected: [400, "InvalidParameter", new RegExp(`parameter "${parameter}" is not valid: it must be`)],
});

/** What every action of AnalyticDB refuses, whatever it does. */
export const analyticDbRows: readonly Row[] = [
  ...["RegionId", "DBInstanceId", "Collection", "NamespacePassword", "JobId", "Action", "Version"].map(missing),
  { ...missing("JobId"), name: "an empty JobId", asked: { parameters: { JobId: "" } } },
  invalid("RegionId", "hangzhou city"),
  invalid("DBInstanceId", "GP_1"),
  invalid("JobId", "a b"),
  invalid("JobId", "a".repeat(10_000)),
  invalid("Collection", "c".repeat(64)),
  invalid("Namespace", "a\u0000b"),
  invalid("NamespacePassword", "p".repeat(257)),
  { name: "an unknown job", jobId: "unknown", expected: [404, "Job.NotFound", "The specified job does not exist."] },
  {
    name: "a wrong namespace password",
    asked: { parameters: { NamespacePassword: "wrong" } },
    expected: [
      500,
      "AccountOrPassword.VerificationError",
      "verification account name or password failed, please check.",
    ],
  },
  {
    name: "no credentials",
    asked: { token: "" },
    expected: [400, "IncompleteSignature", /neither a signature nor a bearer token/],
  },
  {
    name: "an unknown token",
    asked: { token: "wrong" },
    expected: [404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."],
  },
  {
    name: "half a signature",
    asked: { token: "", parameters: { Signature: "x" } },
    expected: [400, "IncompleteSignature", /does not conform/],
  },
  {
    name: "a signature without a time",
    asked: { token: "", parameters: { Signature: "x", AccessKeyId: "a", SignatureNonce: "n" } },
    expected: [
      400,
      "IllegalTimestamp",
      'The input parameter "Timestamp" that is mandatory for processing this request is not supplied.',
    ],
  },
  { name: "no permission", asked: { token: "nobody-token" }, expected: [403, "Forbidden.RAM", /not authorized/] },
  {
    name: "an unknown action",
    asked: { parameters: { Action: "CancelEverything" } },
    expected: [404, "InvalidApi.NotFound", "Specified api is not found, please check your url and method."],
  },
  {
    name: "an action that is a property of every object",
    asked: { parameters: { Action: "constructor" } },
    expected: [404, "InvalidApi.NotFound", /not found/],
  },
  {
    name: "another version",
    asked: { parameters: { Version: "2016-05-04" } },
    expected: [400, "InvalidVersion", /Version is not valid/],
  },
  {
    name: "a body that is too large",
    asked: { body: "x".repeat(64 * 1024 + 1) },
    expected: [413, "RequestEntityTooLarge", /65536/],
  },
  {
    name: "a body that is no form",
    asked: { body: "{}", headers: { "content-type": "application/json" } },
    expected: [400, "InvalidParameter", /application\/x-www-form-urlencoded/],
  },
  {
    name: "a parameter given twice",
    asked: { body: "JobId=other" },
    expected: [400, "InvalidParameter", /parameter JobId is given twice/],
  },
  { name: "a bad escape", asked: { body: "OwnerId=%ZZ" }, expected: [400, "InvalidParameter", /percent-encoded/] },
  {
    name: "bytes that are not UTF-8",
    asked: { body: "OwnerId=%FF%FE" },
    expected: [400, "InvalidParameter", /percent-encoded UTF-8/],
  },
];

export const analyticDbStoreFaults = {
  throttled: [400, "Throttling.User"],
  unavailable: [503, "ServiceUnavailable"],
  internal: [500, "InternalError"],
} as const;
