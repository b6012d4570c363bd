import * as v from "valibot";
import type { Job } from "../../../shared/domain/job.ts";
import { defineRead } from "../../../shared/operations/define.ts";
import { huaweiAuthentication } from "../../../shared/protocols/huawei/authentication.ts";
import { huaweiReplies } from "../../../shared/protocols/huawei/replies.ts";
import { projectId } from "../../../shared/validation/identifiers.ts";
import { wholeNumber } from "../../../shared/validation/whole-number.ts";
import { gesWords, jobTypeNumbers } from "../replies.ts";
import { ges, graphJobId, graphName } from "../service.ts";

/** P: a job that was cancelled is told from one that failed by its message alone, for the API has no word for it. */
const toErrorMessage = ({ state, error }: Job): string | undefined => {
  if (state === "cancelled") return "the job was cancelled";
  return state === "failed" ? (error ?? "the job failed") : undefined;
};

/** Graph Engine Service, "Querying Job Status" of the service plane. */
export const showGraphJobStatus = defineRead({
  name: "show-graph-job-status",
  service: ges,
  route: { method: "GET", path: "/ges/v1.0/{project_id}/graphs/{graph_name}/jobs/{job_id}/status" },
  parameters: v.object({
    project_id: projectId,
    graph_name: graphName,
    job_id: graphJobId,
    // They page the results of a query (D). Results are not kept here, so that they are checked and change nothing (P).
    offset: v.exactOptional(wholeNumber(0, 999_999_999)),
    limit: v.exactOptional(wholeNumber(1, 100_000)),
  }),
  normalize: ({ project_id, graph_name, job_id }) => ({
    scope: { projectId: project_id, graphName: graph_name },
    jobId: job_id,
  }),
  permission: {
    action: "ges:jobs:getDetail", // P: documented for the jobs of the management plane
    resource: ({ project_id, graph_name }) => `ges:${project_id}:graph/${graph_name}`, // P
  },
  authentication: huaweiAuthentication,
  show: (job) => {
    const jobType = jobTypeNumbers[job.jobType];
    const errorMessage = toErrorMessage(job);
    return {
      jobId: job.jobId,
      ...(jobType === undefined ? {} : { jobType }),
      status: ges.states[job.state],
      ...(errorMessage === undefined ? {} : { errorMessage }),
      result: "success", // of the question, not of the job
    };
  },
  render: huaweiReplies({
    ...gesWords,
    errorBody: (errorCode, errorMessage) => ({ errorMessage, errorCode, result: "failed" }), // D
    notFound: (id) => [400, "GES.8301", `can not find job, jobId is ${id}`], // D
    internal: [500, "GES.8302", "Job query error."], // D
  }),
});
