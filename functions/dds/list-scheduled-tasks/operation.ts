import * as v from "valibot";
import { type Instant, type Job, jobStates, retentionMs } from "../../../shared/domain/job.ts";
import { defineList } from "../../../shared/operations/define.ts";
import { huaweiAuthentication } from "../../../shared/protocols/huawei/authentication.ts";
import { type Fault, huaweiReplies } from "../../../shared/protocols/huawei/replies.ts";
import { projectId, text } from "../../../shared/validation/identifiers.ts";
import { wholeNumber } from "../../../shared/validation/whole-number.ts";
import { ddsWords } from "../replies.ts";
import { dds, instanceId } from "../service.ts";
import { taskTime } from "./task-time.ts";
import { taskView } from "./task-view.ts";

const sevenDaysMs = 7 * 86_400_000;

/**
 * The pages say "the last seven days" and not of what. P: a task is in a window in which it lived, so that one that
 * still waits, or was just cancelled, is listed however long ago it was made. Clients find a task only in this list.
 */
const livedBetween = (from: Instant, to: Instant, { registeredAt, endedAt = Number.POSITIVE_INFINITY }: Job): boolean =>
  registeredAt <= to && endedAt >= from;

/** In whole seconds, which is how finely ends are counted and how the pages write times. */
const windowStart = (given: Instant | undefined, now: Instant): Instant =>
  Math.floor(Math.max(given ?? now - sevenDaysMs, now - retentionMs) / 1000) * 1000;

const statesOf = (status: string) => jobStates.filter((state) => dds.states[state] === status);

const statuses = [...new Set(Object.values(dds.states))];

const pagingFaults: Readonly<Record<string, Fault>> = {
  limit: [400, "DBS.280439", "Invalid limit."], // D
  offset: [400, "DBS.280440", "Invalid offset."], // D
};

/**
 * Document Database Service, "Querying Scheduled Tasks". Tasks that were cancelled stay listed. P: newest first, and of
 * an id that was used again the newest task alone.
 */
export const listScheduledTasks = defineList({
  name: "list-scheduled-tasks",
  service: dds,
  route: { method: "GET", path: "/v3/{project_id}/scheduled-jobs" },
  parameters: v.object({
    project_id: projectId,
    job_name: v.exactOptional(text(/^[A-Za-z_]{1,64}$/, "a task name such as RESIZE_FLAVOR")),
    job_status: v.exactOptional(v.picklist(statuses, "Pending, Running, Completed, Failed or Canceled")),
    instance_id: v.exactOptional(instanceId),
    // P: milliseconds are taken too, and without end_time the window has no end.
    start_time: v.exactOptional(taskTime),
    end_time: v.exactOptional(taskTime),
    offset: v.exactOptional(wholeNumber(0, 999_999_999), "0"),
    limit: v.exactOptional(wholeNumber(1, 100), "10"),
  }),
  normalize: ({ project_id, offset, limit }) => ({ scope: { projectId: project_id }, offset, limit }),
  // The action is documented, the resource is ours (P).
  permission: { action: "dds:task:listAll", resource: ({ project_id }) => `dds:${project_id}:*` },
  authentication: huaweiAuthentication,
  keep: (job, { job_name, job_status, instance_id, start_time, end_time }, now) =>
    (job_name === undefined || job.jobType === job_name) &&
    (job_status === undefined || dds.states[job.state] === job_status) &&
    (instance_id === undefined || job.scope.instanceId === instance_id) &&
    livedBetween(windowStart(start_time, now), end_time ?? Number.POSITIVE_INFINITY, job),
  count: ({ job_name, job_status, instance_id, start_time, end_time }, now) =>
    instance_id === undefined && end_time === undefined
      ? {
          states: job_status === undefined ? undefined : statesOf(job_status),
          jobType: job_name,
          endedSince: windowStart(start_time, now),
        }
      : undefined,
  show: (jobs, total) => ({ total_count: total, schedules: jobs.map(taskView) }),
  render: huaweiReplies({
    ...ddsWords,
    invalid: (issue) => pagingFaults[issue.parameter] ?? ddsWords.invalid(issue),
  }),
});
