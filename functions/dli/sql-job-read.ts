import * as v from "valibot";
import { defineRead } from "../../shared/operations/define.ts";
import { huaweiAuthentication } from "../../shared/protocols/huawei/authentication.ts";
import { huaweiReplies } from "../../shared/protocols/huawei/replies.ts";
import { jobId, projectId } from "../../shared/validation/identifiers.ts";
import { dliWords } from "./replies.ts";
import { dli } from "./service.ts";

/** Makes a read of one SQL job. Its pages list different members; what Standdown knows of a job is the same in both (P). */
export const defineSqlJobRead = (name: string, page: "status" | "detail") =>
  defineRead({
    name,
    service: dli,
    route: { method: "GET", path: `/v1.0/{project_id}/jobs/{job_id}/${page}` },
    parameters: v.object({ project_id: projectId, job_id: jobId }),
    normalize: ({ project_id, job_id }) => ({ scope: { projectId: project_id }, jobId: job_id }),
    // The action is documented, the resource is ours (P).
    permission: { action: "dli:jobs:get", resource: ({ project_id }) => `dli:${project_id}:*` },
    authentication: huaweiAuthentication,
    // The owner, the statement and the counts of rows are not known here, and are left out (P).
    show: (job, now) => {
      const startedAt = job.startedAt ?? job.registeredAt;
      return {
        is_success: true, // P: of the question, not of the job, since clients take false for an error
        message: job.error ?? "", // P: "may be left blank"
        job_id: job.jobId,
        job_type: job.jobType,
        job_mode: "async", // P: a job that ran synchronously had ended before its id was known
        ...(job.scope.queueName === undefined ? {} : { queue_name: job.scope.queueName }),
        start_time: startedAt, // P: of a job that still waits, when it was registered
        duration: (job.endedAt ?? now) - startedAt, // P: until now while the job has not ended
        status: dli.states[job.state],
      };
    },
    render: huaweiReplies(dliWords),
  });
