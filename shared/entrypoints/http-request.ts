import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { RequestRejected } from "../validation/request-error.ts";

const maxBodyBytes = 1024 * 1024;

/** An HTTP request as API Gateway hands it on, before anything in it is trusted. */
export interface HttpRequest {
  /** The route of the gateway that matched, e.g. `GET /jobs/{uid}`. */
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The address of whoever opened the connection to the gateway. */
  readonly source: string;
  header(name: string): string | undefined;
  /** Refuses a body that is too large. */
  body(): Buffer;
}

export const toHttpRequest = (event: APIGatewayProxyEventV2): HttpRequest => {
  let body: Buffer | undefined;
  return {
    route: event.routeKey,
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    pathParameters: { ...(event.pathParameters as Record<string, string>) },
    headers: event.headers,
    source: event.requestContext.http.sourceIp,
    header: (name) => event.headers[name],
    body: () => {
      body ??= readBody(event);
      return body;
    },
  };
};

const readBody = ({ body = "", isBase64Encoded }: APIGatewayProxyEventV2): Buffer => {
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > maxBodyBytes) throw new RequestRejected({ kind: "too-large", limitBytes: maxBodyBytes });
  return bytes;
};
