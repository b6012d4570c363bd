import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { withinMs } from "../concurrency/deadline.ts";
import { StoreThrottled, StoreUnavailable } from "../ports/job-store.ts";
import type { Services } from "../ports/services.ts";
import type { Reply, ReplyContext } from "../protocols/reply.ts";
import { type RequestError, RequestRejected } from "../validation/request-error.ts";
import { type HttpRequest, requestOf } from "./http-request.ts";
import { logRequests, type Noted } from "./log-requests.ts";

/** A function behind an HTTP route: how it comes to an answer, and how that is put into words. */
export interface HttpFunction<Answer extends { readonly kind: string }> {
  readonly answer: (request: HttpRequest, services: Services, noted: Noted) => Promise<Answer>;
  readonly render: (answer: Answer | RequestError, about: ReplyContext, request: HttpRequest) => Reply;
}

/** The providers' SDKs wait for 3 s. Whoever gets our answer in time knows that nothing more will happen. */
const answerMs = 2_500;

export type HttpEntry = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * The Lambda entry of an HTTP function. `provide` is called at the first request, so that importing a handler reads
 * and touches nothing. Around it stands one middleware: the log line of each request.
 */
export const httpEntry = <Answer extends { readonly kind: string }>(
  { answer, render }: HttpFunction<Answer>,
  provide: () => Services,
): HttpEntry => {
  let services: Services | undefined;
  const provided = () => (services ??= provide());

  const entry: unknown = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(logRequests(provided))
    .handler(async (event: APIGatewayProxyEventV2, context: Context & { noted: Noted }) => {
      const { noted } = context;
      const request = requestOf(event);
      const given = await orFailure(provided(), noted, () =>
        withinMs(answerMs, () => answer(request, provided(), noted)),
      );
      noted.answer = given.kind;
      const about = { requestId: noted.requestId, host: request.header("host") ?? "", ...jobIdField(noted) };
      return toLambdaResult(render(given, about, request));
    });
  // The middleware puts `noted` on the context: what the handler needs is more than what Lambda must give.
  return entry as HttpEntry;
};

/** Whatever goes wrong on the way to an answer becomes a failure; what nobody foresaw is logged with its cause. */
const orFailure = async <Answer>({ log }: Services, { requestId }: Noted, attempt: () => Promise<Answer>) => {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof RequestRejected) return error.failure;
    log.error("a request failed", { requestId }, error);
    return toRequestError(error);
  }
};

const toRequestError = (error: unknown): RequestError => {
  if (error instanceof StoreThrottled) return { kind: "throttled", retryAfterMs: error.retryAfterMs };
  return { kind: error instanceof StoreUnavailable ? "unavailable" : "internal" };
};

const jobIdField = ({ jobId }: Noted) => (jobId === undefined ? {} : { jobId });

const toLambdaResult = ({ status, headers, body }: Reply): APIGatewayProxyStructuredResultV2 =>
  body === undefined
    ? { statusCode: status, headers: { ...headers } }
    : {
        statusCode: status,
        headers: { "Content-Type": "application/json", ...headers },
        body: JSON.stringify(body),
      };
