import { type InProcessBundle, project } from "../stack/bundle.ts";
import {
  analyticDb,
  type CancelRequest,
  createIndex,
  graph,
  scheduledTask,
  sqlJob,
  uploadDocument,
} from "./cancel-requests.ts";

/** How a read is asked over HTTP, beside the cancel that ends the job that it shows. */
export interface ReadRequest extends CancelRequest {
  readonly cancel: CancelRequest;
  /** What a success says about one job; undefined where that job is not in it. */
  readonly shown: (body: Record<string, unknown>, jobId: string) => Record<string, unknown> | undefined;
  /** The parameter of `shown` that says how the job stands. */
  readonly status: string;
}

type Path = (project: string, jobId: string) => string;

/** A GET: `project_id` stands in the path, all other parameters in the query. */
const huawei = (path: Path): CancelRequest["send"] => {
  return (bundle, jobId, { token = "ops-token", parameters = {}, headers = {}, body } = {}) => {
    const { project_id = project, ...inQuery } = parameters;
    const query = Object.entries(inQuery).map(([name, value]) => `${name}=${encodeURIComponent(value ?? "")}`);
    return bundle.send("GET", `${path(project_id, jobId)}${query.length > 0 ? `?${query.join("&")}` : ""}`, {
      headers: { ...(token && { "x-auth-token": token }), ...headers },
      ...(body && { body }),
    });
  };
};

type Tasks = readonly Record<string, unknown>[];

export const describeIndex: ReadRequest = {
  ...createIndex,
  operation: "describe-create-index-job",
  cancel: createIndex,
  send: analyticDb("DescribeCreateIndexJob"),
  shown: ({ Job }) => Job as Record<string, unknown>,
  status: "Status",
};

export const getUpload: ReadRequest = {
  ...uploadDocument,
  operation: "get-upload-document-job",
  cancel: uploadDocument,
  send: analyticDb("GetUploadDocumentJob"),
  shown: describeIndex.shown,
  status: "Status",
};

export const graphStatus: ReadRequest = {
  ...graph,
  operation: "show-graph-job-status",
  cancel: graph,
  send: huawei((projectId, jobId) => `/ges/v1.0/${projectId}/graphs/movie/jobs/${jobId}/status`),
  shown: (body) => body,
  status: "status",
};

export const taskList: ReadRequest = {
  ...scheduledTask,
  operation: "list-scheduled-tasks",
  cancel: scheduledTask,
  send: huawei((projectId) => `/v3/${projectId}/scheduled-jobs`),
  shown: ({ schedules }, jobId) => (schedules as Tasks).find(({ job_id }) => job_id === jobId),
  status: "job_status",
};

export const sqlStatus: ReadRequest = {
  ...sqlJob,
  operation: "show-sql-job-status",
  cancel: sqlJob,
  send: huawei((projectId, jobId) => `/v1.0/${projectId}/jobs/${jobId}/status`),
  shown: (body) => body,
  status: "status",
};

export const sqlDetail: ReadRequest = {
  ...sqlStatus,
  operation: "show-sql-job-detail",
  send: huawei((projectId, jobId) => `/v1.0/${projectId}/jobs/${jobId}/detail`),
};

export const readRequests = [describeIndex, getUpload, graphStatus, taskList, sqlStatus, sqlDetail];

/** The job as a read shows it. */
export const check = async (
  bundle: InProcessBundle,
  { send, shown }: Pick<ReadRequest, "send" | "shown">,
  jobId: string,
): Promise<Record<string, unknown>> => {
  const { status, text, body } = await send(bundle, jobId);
  const job = status === 200 ? shown(body, jobId) : undefined;
  if (job === undefined) throw new Error(`the read answered ${status} ${text}`);
  return job;
};
