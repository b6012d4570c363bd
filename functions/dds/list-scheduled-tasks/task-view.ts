import type { Job } from "../../../shared/domain/job.ts";
import { ddsWords } from "../replies.ts";
import { timestamp } from "./task-time.ts";

/** One task. P: times that have not come are left out, and so are the instance's name and status, unknown here. */
export const taskView = (job: Job) => ({
  job_id: job.jobId,
  job_name: job.jobType,
  job_status: ddsWords.states[job.state],
  ...(job.scope.instanceId === undefined ? {} : { instance_id: job.scope.instanceId }),
  create_time: timestamp(job.registeredAt),
  ...(job.startedAt === undefined ? {} : { start_time: timestamp(job.startedAt) }),
  ...(job.endedAt === undefined ? {} : { end_time: timestamp(job.endedAt) }),
});
