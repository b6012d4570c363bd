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
  readonly bodyBytes: number;
  body(): Buffer;
}

export const toHttpRequest = (event: APIGatewayProxyEventV2): HttpRequest => {
  const { body = "", isBase64Encoded } = event;
  const encoding = isBase64Encoded ? "base64" : "utf8";
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
    bodyBytes: Buffer.byteLength(body, encoding),
    body: () => {
      decoded ??= Buffer.from(body, encoding);
      return decoded;
    },
  };
};

/** Refuses what is larger than any request needs to be, before anything of it is decoded. */
export const refuseTooLarge = (
  { path, query, headers, bodyBytes }: HttpRequest,
  maxBodyBytes = nativeBodyBytes,
): void => {
  if (bodyBytes > maxBodyBytes) throw new RequestRejected({ kind: "too-large", limitBytes: maxBodyBytes });
  let headBytes = Buffer.byteLength(path) + Buffer.byteLength(query);
  for (const [name, value = ""] of Object.entries(headers)) headBytes += name.length + Buffer.byteLength(value);
  if (headBytes > maxHeadBytes) throw new RequestRejected({ kind: "head-too-large", limitBytes: maxHeadBytes });
};
