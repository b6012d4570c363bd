import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import type { Scheme } from "../auth/authenticate.ts";
import type { Identified } from "../auth/signature.ts";
import { deadlineIn } from "../concurrency/deadline.ts";
import type { Job } from "../domain/job.ts";
import type { Ended } from "../domain/outcome.ts";
import type { Principal } from "../domain/principal.ts";
import { StoreThrottled, StoreUnavailable } from "../ports/job-store.ts";
import type { Services, ServicesUntil } from "../ports/services.ts";
import type { Reply, ReplyContext } from "../protocols/reply.ts";
import { type RequestError, RequestRejected } from "../validation/request-error.ts";
import { authenticateRequest } from "./authenticate-request.ts";
import { type HttpRequest, toHttpRequest } from "./http-request.ts";

export interface HttpFunction<End extends HttpOutcome> {
  /** As much as a provider's API takes when absent. */
  readonly maxBodyBytes?: number | undefined;
  /** Throws {@link RequestRejected}. */
  readonly read: (request: HttpRequest) => HttpCall<End>;
  readonly render: (outcome: End | RequestError, about: ReplyContext, request: HttpRequest) => Reply;
}

/** What one request asks for. Its members are used in this order. */
export interface HttpCall<End extends HttpOutcome> {
  /** For the log; absent where no such operation exists. */
  readonly operation?: string | undefined;
  /** Runs before authentication. */
  readonly readParameters?: () => Readonly<Record<string, string>>;
  /** Absent where anybody may ask. */
  readonly authentication?: readonly Scheme[];
  readonly perform: (asked: Asked, services: Services) => Promise<End>;
}

export interface Asked {
  readonly principal: Principal;
  readonly parameters: Readonly<Record<string, string>>;
  readonly requestDigest?: (() => string) | undefined;
}

export interface HttpOutcome extends Pick<Ended<string>, "kind" | "job" | "check"> {
  /** Not worth a log line, such as a heartbeat that only renewed a lease. */
  readonly quiet?: boolean;
}

/** The providers' SDKs wait for 3 s. */
const answerMs = 2_500;

const anybody: Principal = { name: "anybody", policies: [] };

export type HttpEntry = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>;

/** Makes the Lambda entry of an HTTP function. Connects at the first request, so that importing a handler touches nothing. */
export const httpEntry = <End extends HttpOutcome>(
  { maxBodyBytes, read, render }: HttpFunction<End>,
  connect: () => ServicesUntil,
): HttpEntry => {
  let servicesUntil: ServicesUntil | undefined;
  return async (event, { functionName }) => {
    servicesUntil ??= connect();
    const services = servicesUntil(deadlineIn(answerMs));
    const { clock, ids, log } = services;
    const [startedAt, requestId] = [clock.now(), ids.requestId()];
    const request = toHttpRequest(event, maxBodyBytes);

    const { outcome, operation, identified, job, quiet } = await answer(read, request, services, requestId);
    const reply = render(outcome, { requestId, host: request.header("host") ?? "" }, request);

    if (!quiet)
      log.info("request", {
        requestId,
        function: functionName,
        trigger: "http",
        ...(operation === undefined ? {} : { operation }),
        ...(identified === undefined ? {} : { principal: identified.principal.name }),
        ...(identified?.keyId === undefined ? {} : { keyId: identified.keyId }),
        source: request.source,
        ...(job === undefined ? {} : { service: job.service, uid: job.uid }),
        outcome: outcome.kind,
        status: reply.status,
        durationMs: clock.now() - startedAt,
      });
    return toLambdaResult(withJob(reply, outcome.kind, job));
  };
};

/** What happened to a job that the caller may know: these, and not that there is one behind a refusal. */
const about: readonly string[] = ["accepted", "too-late", "unsupported-type", "shown"];

/** Leads from an answer in a provider's words to the receipt: the uid, by which our own API knows the job. */
const withJob = (reply: Reply, kind: string, job: Job | undefined): Reply =>
  job && about.includes(kind) ? { ...reply, headers: { ...reply.headers, "Standdown-Job": job.uid } } : reply;

interface Answered<End extends HttpOutcome> extends Pick<HttpOutcome, "job" | "quiet"> {
  readonly outcome: End | RequestError;
  readonly operation: string | undefined;
  /** Undefined where anybody may ask, and where nobody was found. */
  readonly identified: Identified | undefined;
}

const answer = async <End extends HttpOutcome>(
  read: HttpFunction<End>["read"],
  request: HttpRequest,
  services: Services,
  requestId: string,
): Promise<Answered<End>> => {
  let call: HttpCall<End> | undefined;
  let identified: Identified | undefined;
  try {
    request.refuseTooLarge();
    call = read(request);
    const parameters = call.readParameters?.() ?? {};
    if (call.authentication) identified = await authenticateRequest(call.authentication, request, parameters, services);
    const { principal, requestDigest } = identified ?? { principal: anybody };
    const outcome = await call.perform({ principal, parameters, requestDigest }, services);
    if (outcome.check) await services.reconcileQueue.schedule([outcome.check]);
    return { outcome, operation: call.operation, identified, job: outcome.job, quiet: outcome.quiet === true };
  } catch (error) {
    return { outcome: toRequestError(error, services, requestId), operation: call?.operation, identified };
  }
};

const toRequestError = (error: unknown, { log, metrics }: Services, requestId: string): RequestError => {
  if (error instanceof RequestRejected) return error.failure;
  log.error("a request failed", { requestId }, error);
  if (error instanceof StoreThrottled) {
    metrics.put({ name: "Throttled", value: 1, unit: "Count", dimensions: { where: "http" }, total: true });
    return { kind: "throttled", retryAfterMs: error.retryAfterMs };
  }
  return { kind: error instanceof StoreUnavailable ? "unavailable" : "internal" };
};

const toLambdaResult = ({ status, headers, body }: Reply): APIGatewayProxyStructuredResultV2 =>
  body === undefined
    ? { statusCode: status, headers: { ...headers } }
    : {
        statusCode: status,
        headers: { "Content-Type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      };
