import { type Endpoint, jobOfPath } from "./endpoint.ts";
import * as responses from "./response-schemas.ts";
import { jobView } from "./views.ts";

export const getJob: Endpoint = {
  method: "GET",
  path: "/jobs/{uid}",
  action: "GetJob",
  summary: "Read a job",
  responses: { 200: { description: "The job", name: "Job", schema: responses.job } },
  problems: [401, 403, 404, 429, 503],
  perform: async (call) => {
    const job = await jobOfPath("GetJob", call);
    return job ? { kind: "ok", status: 200, body: jobView(job), job } : { kind: "job-not-found" };
  },
};
