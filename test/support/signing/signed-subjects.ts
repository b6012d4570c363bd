import { type CancelRequest, graph, scheduledTask, sqlJob, uploadDocument } from "../requests/cancel-requests.ts";
import { project } from "../stack/bundle.ts";
import { type Expected, instance, type Outcome, type Subject } from "./signed-world.ts";
import type { Message } from "./signer.ts";
import { acs3Client, type HuaweiClientOf, huaweiClient, rpcV1Client } from "./signing-clients.ts";

type Answers = Readonly<Record<Outcome, Expected>>;

const notFound: Expected = [404, "InvalidAccessKeyId.NotFound", /access key is not found/];

const alibabaAnswers: Answers = {
  accepted: [200, undefined, /"Status":"success"/],
  missing: [400, "IncompleteSignature", /neither a signature nor a bearer token/],
  malformed: [400, "IncompleteSignature", /does not conform/],
  unsupported: [400, "UnsupportedSignatureAlgorithm", /ACS3-HMAC-SHA256/],
  "unknown key": notFound,
  "unknown token": notFound,
  "no time": [400, "IllegalTimestamp", /Timestamp.* is not supplied/],
  "malformed time": [400, "InvalidTimeStamp.Format", /well formatted/],
  expired: [400, "InvalidTimeStamp.Expired", /is expired/],
  "wrong security token": [400, "InvalidSecurityToken.MismatchWithAccessKey", /does not belong/],
  mismatch: [400, "SignatureDoesNotMatch", /server string to sign is:/],
  "nonce used": [400, "SignatureNonceUsed", /was used already/],
  locked: [403, "InvalidAccessKeyId.Locked", /locked/],
  forbidden: [403, "Forbidden.RAM", /ImplicitDeny/],
  unreadable: [400, "InvalidParameter", /given twice/],
  "no such API": [404, "route-not-found", /nothing at this path/],
};

const gatewayAnswers: Answers = {
  accepted: [204, undefined, /^$/],
  missing: [401, "APIGW.0301", /x-auth-token not found/],
  malformed: [401, "APIGW.0301", /a signed header is missing/],
  unsupported: [401, "APIGW.0301", /algorithm is not supported/],
  "unknown key": [401, "APIGW.0301", /ak not exist/],
  "unknown token": [401, "APIGW.0301", /decrypt token fail/],
  "no time": [401, "APIGW.0301", /a signed header is missing/],
  "malformed time": [401, "APIGW.0301", /not of the form/],
  expired: [401, "APIGW.0301", /signature expired/],
  "wrong security token": [401, "APIGW.0301", /security token does not belong/],
  mismatch: [401, "APIGW.0301", /verify aksk signature fail"/],
  "nonce used": [401, "no such answer", /^$/],
  locked: [401, "APIGW.0301", /AK access failed to reach the limit/],
  forbidden: [403, "APIGW.0302", /not authorized/],
  unreadable: [400, "APIGW.0201", /given twice/],
  "no such API": [404, "APIGW.0101", /does not exist/],
};

const invalidToken: Expected = [401, "GES.8007", /Invalid token/];

const answersOf: Readonly<Record<"dds" | "dli" | "ges", Answers>> = {
  dds: gatewayAnswers,
  dli: {
    ...gatewayAnswers,
    accepted: [200, undefined, /^\{"is_success":true,"message":""\}$/],
    missing: [401, "DLI.0013", /X-Auth-Token/],
    "unknown token": [400, "DLI.0015", /Token parsing error/],
  },
  ges: {
    ...gatewayAnswers,
    accepted: [200, undefined, /^\{\}$/],
    missing: invalidToken,
    "unknown key": invalidToken,
    "unknown token": invalidToken,
    forbidden: [403, "GES.8020", /permission/],
  },
};

const headers = { host: "gateway.test", "user-agent": "AlibabaCloud (linux; x64)", accept: "application/json" };

const business = (JobId: string) => ({
  query: { RegionId: "cn-hangzhou", DBInstanceId: instance, Filler: "a b" },
  form: {
    Collection: "testcollection",
    Namespace: "mynamespace",
    NamespacePassword: "testpassword",
    JobId,
  },
});

const acs3Request = (jobId: string): Message => ({
  method: "POST",
  path: "/",
  ...business(jobId),
  headers: {
    ...headers,
    "content-type": "application/x-www-form-urlencoded",
    "x-acs-action": "CancelUploadDocumentJob",
    "x-acs-version": "2016-05-03",
    "x-acs-credentials-provider": "static_ak",
  },
});

const rpcV1Request = (jobId: string): Message => {
  const { query, form } = business(jobId);
  return {
    method: "POST",
    path: "/",
    query: { Action: "CancelUploadDocumentJob", Version: "2016-05-03", ...query },
    form,
    headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
  };
};

const alibaba = { operation: uploadDocument, answers: alibabaAnswers };

export const acs3Subjects: readonly Subject[] = [
  { name: "ACS3-HMAC-SHA256", client: acs3Client("ACS3-HMAC-SHA256"), usual: acs3Request, ...alibaba },
  { name: "ACS3-HMAC-SM3", client: acs3Client("ACS3-HMAC-SM3"), usual: acs3Request, ...alibaba },
];

export const rpcV1Subject: Subject = { name: "RPC V1 HMAC-SHA1", client: rpcV1Client, usual: rpcV1Request, ...alibaba };

const huaweiRequest =
  (path: (jobId: string) => string) =>
  (jobId: string): Message => ({
    method: "DELETE",
    path: path(jobId),
    query: { Filler: "a b" },
    headers: {
      host: "gateway.test",
      Accept: "application/json",
      "Content-Type": "application/json",
      "User-Agent": "huaweicloud-usdk-nodejs/3.0",
      "X-Project-Id": project,
    },
  });

const services = {
  dli: { operation: sqlJob, usual: huaweiRequest((jobId) => `/v1.0/${project}/jobs/${jobId}`) },
  dds: { operation: scheduledTask, usual: huaweiRequest((jobId) => `/v3/${project}/scheduled-jobs/${jobId}`) },
  ges: { operation: graph, usual: huaweiRequest((jobId) => `/ges/v1.0/${project}/graphs/movie/jobs/${jobId}`) },
} satisfies Readonly<Record<string, { operation: CancelRequest; usual: Subject["usual"] }>>;

const huawei = (name: string, service: keyof typeof services, variant: HuaweiClientOf): Subject => ({
  name: `${name}, ${service}`,
  client: huaweiClient(variant),
  answers: answersOf[service],
  ...services[service],
});

const sdk = "SDK-HMAC-SHA256";

export const huaweiAccessSubjects: readonly Subject[] = [
  huawei(`${sdk} Access=`, "dli", { algorithm: sdk }),
  huawei(`${sdk} Access=`, "dds", { algorithm: sdk }),
  huawei(`${sdk} Access=`, "ges", { algorithm: sdk }),
];

export const huaweiScopedSubjects: readonly Subject[] = [
  huawei(`${sdk} Credential= without names`, "dli", { algorithm: sdk, scope: { region: "", service: "" } }),
  huawei(`${sdk} Credential= with names`, "dli", { algorithm: sdk, scope: { region: "eu-de", service: "dli" } }),
  huawei("V11-HMAC-SHA256", "dli", { algorithm: "V11-HMAC-SHA256", scope: { region: "eu-de", service: "dli" } }),
];

/** One for each scheme. */
export const allSchemes: readonly Subject[] = [
  ...acs3Subjects,
  rpcV1Subject,
  ...huaweiAccessSubjects.slice(0, 1),
  ...huaweiScopedSubjects,
];
