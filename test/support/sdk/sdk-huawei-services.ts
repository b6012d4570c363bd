import type { JobRegistration } from "../../../packages/client/src/registration.ts";
import { project, type RestCall } from "./sdk-huawei.ts";

/** How the generated clients ask a service, and what it answers when all goes well. */
export interface RestService {
  readonly name: "GES" | "DDS" | "DLI";
  readonly registration: JobRegistration;
  /** The path of a job, with names in braces. */
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly cancelled: object;
  readonly read: (jobId: string) => RestCall;
  /** The state of the job in what was read. */
  readonly stateIn: (read: object, jobId: string) => unknown;
}

const statusPath = (service: Pick<RestService, "path" | "parameters">) => (jobId: string) => ({
  method: "GET" as const,
  path: `${service.path}/status`,
  parameters: { ...service.parameters, job_id: jobId },
});

const field = (thing: unknown, name: string): unknown => Reflect.get(Object(thing), name);

const gesJob = {
  path: "/ges/v1.0/{project_id}/graphs/{graph_name}/jobs/{job_id}",
  parameters: { graph_name: "movie" },
};
const ddsTasks = "/v3/{project_id}/scheduled-jobs";
const dliJob = { path: "/v1.0/{project_id}/jobs/{job_id}" };

export const ges: RestService = {
  ...gesJob,
  name: "GES",
  registration: { service: "ges", scope: { projectId: project, graphName: "movie" } },
  cancelled: { httpStatusCode: 200 },
  read: statusPath(gesJob),
  stateIn: (read) => field(read, "status"),
};

export const dds: RestService = {
  name: "DDS",
  path: `${ddsTasks}/{job_id}`,
  registration: { service: "dds", scope: { projectId: project, instanceId: "9d8ae2e7a3f24ee8b7a6c9e4b5d1f0a1in02" } },
  cancelled: { httpStatusCode: 204 },
  read: () => ({ method: "GET", path: ddsTasks, query: { limit: 100, offset: 0 } }),
  stateIn: (read, jobId) => {
    const schedules = field(read, "schedules");
    const found = Array.isArray(schedules) ? schedules.filter((task) => field(task, "job_id") === jobId) : [];
    return found.map((task) => field(task, "job_status")).join();
  },
};

export const dli: RestService = {
  ...dliJob,
  name: "DLI",
  registration: { service: "dli", scope: { projectId: project } },
  cancelled: { httpStatusCode: 200, is_success: true, message: "" },
  read: statusPath(dliJob),
  stateIn: (read) => field(read, "status"),
};

export const cancelOf = ({ path, parameters }: RestService, jobId: string): RestCall => ({
  method: "DELETE",
  path,
  parameters: { ...parameters, job_id: jobId },
});
