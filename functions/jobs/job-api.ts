import { bearer } from "../../shared/auth/authenticate.ts";
import type { HttpFunction } from "../../shared/entrypoints/http.ts";
import { RequestRejected } from "../../shared/validation/request-error.ts";
import { type JobOutcome, routeOf } from "./endpoint.ts";
import { endpoints } from "./endpoints.ts";
import { renderJobOutcome } from "./replies.ts";

export const jobApi: HttpFunction<JobOutcome> = {
  maxBodyBytes: 1024 * 1024,
  render: renderJobOutcome,
  read: (request) => ({
    operation: request.route,
    readParameters: () => request.pathParameters,
    authentication: [bearer],
    perform: async ({ principal }, services) => {
      const endpoint = endpoints.find((each) => routeOf(each) === request.route);
      if (endpoint === undefined) throw new RequestRejected({ kind: "unknown-route" });
      return endpoint.perform({ request, services, principal });
    },
  }),
};
