import type { Job } from "../../../shared/domain/job.ts";
import { type InProcessBundle, project, type Received, type Sent } from "../stack/bundle.ts";

/** How one operation is asked over HTTP, and how a job is registered that it can cancel. */
export interface CancelRequest {
  readonly operation: string;
  readonly scope: Readonly<Record<string, string>>;
  readonly service: string;
  readonly jobType: string;
  /** A type that the service knows and does not cancel; undefined where it cancels all. */
  readonly uncancellableType?: string;
  readonly send: (bundle: InProcessBundle, jobId: string, given?: Asked) => Promise<Received>;
}

export interface Asked {
  readonly token?: string | undefined;
  readonly parameters?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export const analyticDb = (action: string): CancelRequest["send"] => {
  return (bundle, jobId, { token = "ops-token", parameters = {}, headers = {}, body } = {}) => {
    const all = {
      Action: action,
      Version: "2016-05-03",
      RegionId: "cn-hangzhou",
      DBInstanceId: "gp-bp1234567890",
      Namespace: "mynamespace",
      NamespacePassword: "testpassword",
      Collection: "testcollection",
      JobId: jobId,
      ...parameters,
    };
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const sent: Sent = {
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body && { body }),
    };
    return bundle.send("POST", `/?${new URLSearchParams(given)}`, sent);
  };
};

const huawei = (path: (project: string, jobId: string) => string): CancelRequest["send"] => {
  return (bundle, jobId, { token = "ops-token", parameters = {}, headers = {}, body } = {}) =>
    bundle.send("DELETE", path(parameters.project_id ?? project, jobId), {
      headers: { ...(token && { "x-auth-token": token }), ...headers },
      ...(body && { body }),
    });
};

export const createIndex: CancelRequest = {
  operation: "cancel-create-index-job",
  service: "analyticdb-index",
  jobType: "create-index",
  scope: {
    regionId: "cn-hangzhou",
    dbInstanceId: "gp-bp1234567890",
    namespace: "mynamespace",
    collection: "testcollection",
  },
  send: analyticDb("CancelCreateIndexJob"),
};

export const uploadDocument: CancelRequest = {
  operation: "cancel-upload-document-job",
  service: "analyticdb-document",
  jobType: "upload-document",
  scope: createIndex.scope,
  send: analyticDb("CancelUploadDocumentJob"),
};

export const graph: CancelRequest = {
  operation: "cancel-graph-job",
  service: "ges",
  jobType: "algorithm",
  uncancellableType: "import-graph",
  scope: { projectId: project, graphName: "movie" },
  send: huawei((projectId, jobId) => `/ges/v1.0/${projectId}/graphs/movie/jobs/${jobId}`),
};

export const scheduledTask: CancelRequest = {
  operation: "cancel-scheduled-task",
  service: "dds",
  jobType: "RESIZE_FLAVOR",
  scope: { projectId: project },
  send: huawei((projectId, jobId) => `/v3/${projectId}/scheduled-jobs/${jobId}`),
};

export const sqlJob: CancelRequest = {
  operation: "cancel-sql-job",
  service: "dli",
  jobType: "QUERY",
  uncancellableType: "SCALE_QUEUE",
  scope: { projectId: project },
  send: huawei((projectId, jobId) => `/v1.0/${projectId}/jobs/${jobId}`),
};

export const genericJob: CancelRequest = {
  operation: "cancel-job",
  service: "generic",
  jobType: "job",
  scope: { namespace: "nightly" },
  send: (bundle, jobId, { token = "ops-token", parameters = {}, headers = {}, body } = {}) =>
    bundle.send("DELETE", `/generic/v1/namespaces/${parameters.namespace ?? "nightly"}/jobs/${jobId}`, {
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(body && { body }),
    }),
};

export const cancelRequests = [createIndex, uploadDocument, graph, scheduledTask, sqlJob, genericJob];

/** Calls the job API. */
export const callJobApi = (bundle: InProcessBundle, method: string, path: string, body?: object, token = "ops-token") =>
  bundle.send(method, path, {
    headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });

let serial = 0;

/** Registers a job through the API and brings it into a state. Its password is `testpassword` where it has one. */
export const registerJob = async (
  bundle: InProcessBundle,
  { service, scope, jobType }: Pick<CancelRequest, "service" | "scope" | "jobType">,
  state: Job["state"] = "running",
  more: object = {},
  token = "ops-token",
) => {
  const jobId = `job-api-${++serial}`;
  const secret = service.startsWith("analyticdb") ? { secret: "testpassword" } : {};
  const first = state === "queued" ? "queued" : "running";
  const registration = { service, scope, jobType, jobId, state: first, ...secret, ...more };
  const { status, body } = await callJobApi(bundle, "POST", "/jobs", registration, token);
  if (status !== 201) throw new Error(`registering answered ${status} ${JSON.stringify(body)}`);
  const uid = String(body.uid);
  const report = async (path: string, content: object, expected: number) => {
    const answer = await callJobApi(bundle, "POST", `/jobs/${uid}/${path}`, content, token);
    if (answer.status !== expected) throw new Error(`${path} answered ${answer.status} ${answer.text}`);
  };
  if (state === "stopping") await report("cancel", {}, 202);
  if (state === "succeeded" || state === "failed") await report("finish", { outcome: state }, 200);
  if (state === "cancelled") {
    await report("cancel", {}, service === "dds" ? 409 : 202);
    await report("finish", { outcome: "cancelled" }, 200);
  }
  return { jobId, uid };
};

export const toReceipt = async (bundle: InProcessBundle, uid: string) =>
  (await callJobApi(bundle, "GET", `/jobs/${uid}/receipt`)).body;
