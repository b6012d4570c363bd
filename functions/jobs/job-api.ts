import { bearer } from "../../shared/auth/authenticate.ts";
import { authenticateRequest } from "../../shared/entrypoints/authenticate-request.ts";
import type { HttpFunction } from "../../shared/entrypoints/http.ts";
import { RequestRejected } from "../../shared/validation/request-error.ts";
import { cancelJob } from "./cancel-job.ts";
import type { Endpoint, JobAnswer } from "./endpoint.ts";
import { list, read, readReceipt } from "./read.ts";
import { register } from "./register.ts";
import { renderJobAnswer } from "./replies.ts";
import { finish, heartbeat } from "./report.ts";
import { type JobRoute, jobRoutes } from "./routes.ts";

const endpoints: Readonly<Record<JobRoute, Endpoint>> = {
  "POST /jobs": register,
  "GET /jobs": list,
  "GET /jobs/{uid}": read,
  "POST /jobs/{uid}/heartbeat": heartbeat,
  "POST /jobs/{uid}/finish": finish,
  "POST /jobs/{uid}/cancel": cancelJob,
  "GET /jobs/{uid}/receipt": readReceipt,
};

export const jobApi: HttpFunction<JobAnswer> = {
  render: renderJobAnswer,
  answer: async (request, services, noted) => {
    noted.operation = request.route;
    request.body();
    const principal = await authenticateRequest([bearer], request, services, noted);
    const route = jobRoutes.find((name) => name === request.route);
    if (route === undefined) throw new RequestRejected({ kind: "unknown-route" });
    return endpoints[route]({ request, services, principal, noted });
  },
};
