import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { RequestRejected } from "../validation/request-error.ts";

/** P: four times what the longest request of a provider's API needs. What is more costs time before anybody is known. */
const nativeBodyBytes = 64 * 1024;
/** API Gateway itself lets 10,240 through. */
const maxHeadBytes = 16 * 1024;

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
  /** Refuses what is larger than any request needs to be, without decoding any of it. */
  refuseTooLarge(): void;
  /** Refuses a body that is too large. */
  body(): Buffer;
}

export const toHttpRequest = (event: APIGatewayProxyEventV2, maxBodyBytes = nativeBodyBytes): HttpRequest => {
  const { body = "", isBase64Encoded } = event;
  const refuseBodyOf = (bytes: number): void => {
    if (bytes > maxBodyBytes) throw new RequestRejected({ kind: "too-large", limitBytes: maxBodyBytes });
  };
  let decoded: Buffer | undefined;
  return {
    route: event.routeKey,
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    pathParameters: { ...(event.pathParameters as Record<string, string>) },
    headers: event.headers,
    source: event.requestContext.http.sourceIp,
    header: (name) => event.headers[name],
    refuseTooLarge: () => {
      // Text has as many bytes as characters, or more.
      refuseBodyOf(isBase64Encoded ? Buffer.byteLength(body, "base64") : body.length);
      refuseLargeHead(event);
    },
    body: () => {
      decoded ??= Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
      refuseBodyOf(decoded.length);
      return decoded;
    },
  };
};

const refuseLargeHead = ({ rawPath, rawQueryString, headers }: APIGatewayProxyEventV2): void => {
  let bytes = Buffer.byteLength(rawPath) + Buffer.byteLength(rawQueryString);
  for (const [name, value = ""] of Object.entries(headers)) bytes += name.length + Buffer.byteLength(value);
  if (bytes > maxHeadBytes) throw new RequestRejected({ kind: "head-too-large", limitBytes: maxHeadBytes });
};
