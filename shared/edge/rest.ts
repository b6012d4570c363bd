import { cancel } from "../cancel.ts";
import type { Answer } from "../dialects/reply.ts";
import type { Operation } from "../operation.ts";
import { callerOf } from "./caller.ts";
import type { HttpFunction } from "./http.ts";

/** A REST-style operation behind its own route: its parameters stand in the path, and its body means nothing. */
export const restOperation = <Parameters, Scope extends object>(
  operation: Operation<Parameters, Scope>,
): HttpFunction<Answer> => ({
  render: operation.render,
  answer: async (request, services, noted) => {
    noted.operation = operation.name;
    request.body();
    const principal = await callerOf(operation.authentication, request, services, noted);
    const { answer, job, jobId } = await cancel(services)(operation, {
      principal,
      parameters: request.pathParameters,
      trigger: "http",
    });
    Object.assign(noted, { job, jobId });
    return answer;
  },
});
