import { authenticate } from "../auth/authenticate.ts";
import { cancel } from "../cancel.ts";
import type { Answer } from "../dialects/reply.ts";
import type { Operation } from "../operation.ts";
import type { HttpFunction } from "./http.ts";

/** A REST-style operation behind its own route: its parameters stand in the path, and its body means nothing. */
export const restOperation = <Parameters, Scope extends object>(
  operation: Operation<Parameters, Scope>,
): HttpFunction<Answer> => ({
  render: operation.render,
  answer: async (request, services, noted) => {
    noted.operation = operation.name;
    request.body();
    const { header, pathParameters } = request;
    const presented = { header, parameter: () => undefined };
    const context = { directory: await services.directory(), now: services.clock.now(), trigger: "http" } as const;
    const principal = authenticate(operation.authentication, presented, context);
    noted.principal = principal;

    const { answer, job, jobId } = await cancel(services)(operation, {
      principal,
      parameters: pathParameters,
      trigger: "http",
    });
    Object.assign(noted, { job, jobId });
    return answer;
  },
});
