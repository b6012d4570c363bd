import type { MiddlewareObj } from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import type { Job } from "../domain/job.ts";
import type { Principal } from "../domain/principal.ts";
import type { Services } from "../ports/services.ts";

/** What the log line of a request says about it, filled in as it becomes known. */
export interface Noted {
  readonly requestId: string;
  operation?: string;
  principal?: Principal;
  job?: Job | undefined;
  /** Valid, as the caller wrote it. */
  jobId?: string;
  answer?: string;
  /** Nothing happened that anybody would look for: a heartbeat that only renewed a lease. Such requests get no line. */
  routine?: boolean;
}

type Middleware = MiddlewareObj<
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Error,
  Context & { noted: Noted; started: number }
>;

/** Logs one line for each request. Gives the request its id and a place to note what the line should say. */
export const logRequests = (provide: () => Pick<Services, "log" | "clock" | "ids">): Middleware => ({
  before: ({ context }) => {
    const { clock, ids } = provide();
    context.noted = { requestId: ids.requestId() };
    context.started = clock.now();
  },
  after: ({ context, response }) => {
    const { log, clock } = provide();
    const { requestId, operation, principal, job, answer, routine } = context.noted;
    if (routine) return;
    log.info("request", {
      requestId,
      function: context.functionName,
      trigger: "http",
      ...(operation === undefined ? {} : { operation }),
      ...(principal === undefined ? {} : { principal: principal.name }),
      ...(job === undefined ? {} : { service: job.service, uid: job.uid }),
      ...(answer === undefined ? {} : { answer }),
      status: response?.statusCode ?? 0,
      durationMs: clock.now() - context.started,
    });
  },
});
