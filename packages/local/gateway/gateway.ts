import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Outcome, payloadLimit } from "../lambda/outcome.ts";
import { readBody } from "../platform/read-body.ts";
import type { BundledRoute } from "../template/bundle.ts";
import { gatewayEvent, splitUrl } from "./event.ts";
import { type GatewayResponse, gatewayMessage, gatewayResponse } from "./response.ts";
import { createRouter } from "./routes.ts";

export interface GatewayOptions {
  readonly routes: readonly BundledRoute[];
  readonly invoke: (functionName: string, event: string) => Promise<Outcome>;
  /** After this an HTTP API stops waiting for a function; 30 s unless given. */
  readonly integrationTimeoutMs?: number;
}

const bodyLimit = 10 * 1024 * 1024;
/** Job ids of many thousand characters are for the functions to refuse, not for the server. */
const headerLimit = 64 * 1024;

/** Serves the routes of the template as an API Gateway HTTP API does. */
export const createGateway = ({ routes, invoke, integrationTimeoutMs = 30_000 }: GatewayOptions): Server => {
  const route = createRouter(routes);

  const answer = async (request: IncomingMessage, requestId: string): Promise<GatewayResponse> => {
    const { method = "GET", url = "/" } = request;
    const body = await readBody(request, bodyLimit);
    if (body === undefined) return gatewayMessage(413, "Request Entity Too Large");
    const matched = route(method, splitUrl(url).path);
    if (matched === undefined) return gatewayMessage(404, "Not Found");
    const event = JSON.stringify(
      gatewayEvent({ method, url, headers: request.rawHeaders, body, route: matched, time: new Date(), requestId }),
    );
    if (Buffer.byteLength(event) > payloadLimit) return gatewayMessage(413, "Request Entity Too Large");
    const outcome = await inTime(invoke(matched.functionName, event), integrationTimeoutMs);
    if (outcome === undefined) return gatewayMessage(503, "Service Unavailable");
    return outcome.kind === "returned"
      ? gatewayResponse(outcome.payload)
      : gatewayMessage(500, "Internal Server Error");
  };

  return createServer({ maxHeaderSize: headerLimit }, (request, response) => {
    const requestId = randomUUID();
    answer(request, requestId)
      .then((result) => send(response, result, requestId))
      // The client went away while it was sending, or the answer cannot be written.
      .catch(() => response.destroy());
  });
};

const send = (response: ServerResponse, { status, headers, body }: GatewayResponse, requestId: string): void => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader("apigw-requestid", requestId);
  if (status !== 204 && status !== 304) response.setHeader("content-length", body.length);
  response.writeHead(status);
  response.end(body);
};

const inTime = async (outcome: Promise<Outcome>, timeoutMs: number): Promise<Outcome | undefined> => {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), timeoutMs);
  try {
    return await Promise.race([outcome, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};
