import { isUtf8 } from "node:buffer";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

export interface GatewayRequest {
  readonly method: string;
  /** Path and query as the client sent them. */
  readonly url: string;
  /** Names and values in turn, as Node's `rawHeaders`, or a record. */
  readonly headers: readonly string[] | Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly route: { readonly key: string; readonly parameters?: Readonly<Record<string, string>> };
  readonly time: Date;
  readonly requestId: string;
  readonly sourceIp?: string;
}

/** The event of API Gateway's payload format 2.0, in AWS's shape: absent is absent, never null or empty. */
export const gatewayEvent = (request: GatewayRequest): APIGatewayProxyEventV2 => {
  const { path, query } = splitUrl(request.url);
  const { cookie, ...headers } = joinHeaders(request.headers);
  const queryStringParameters = joinQuery(query);
  const pathParameters = mapValues(request.route.parameters ?? {}, decodeWhole);
  const domainName = headers.host?.replace(/:\d+$/, "") ?? "localhost";
  // An HTTP API, unlike a REST API or a function URL, decodes the path and leaves the query as it is.
  const rawPath = decodeWhole(path);
  return {
    version: "2.0",
    routeKey: request.route.key,
    rawPath,
    rawQueryString: query,
    ...(cookie && { cookies: cookie.split(/; ?/) }),
    headers,
    ...(Object.keys(queryStringParameters).length > 0 && { queryStringParameters }),
    requestContext: {
      accountId: "000000000000",
      apiId: "local",
      domainName,
      domainPrefix: domainName.split(".")[0] ?? domainName,
      http: {
        method: request.method,
        path: rawPath,
        protocol: "HTTP/1.1",
        sourceIp: request.sourceIp ?? "127.0.0.1",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: request.requestId,
      routeKey: request.route.key,
      stage: "$default",
      time: accessLogTime(request.time),
      timeEpoch: request.time.getTime(),
    },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...encodeBody(request.body, headers["content-type"]),
  };
};

/** Takes the path and query of a request target, which may also be a whole URL. Never throws, unlike `new URL`. */
export const splitUrl = (url: string): { path: string; query: string } => {
  const [target = ""] = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").split("#");
  const [path = ""] = target.split("?", 1);
  return { path: path.startsWith("/") ? path : `/${path}`, query: target.slice(path.length + 1) };
};

/** Lower-case names; values that were sent more than once are joined by a comma, cookies by a semicolon. */
const joinHeaders = (headers: GatewayRequest["headers"]): Record<string, string> => {
  const joined = new Map<string, string>();
  const raw = Array.isArray(headers) ? headers : Object.entries(headers).flat();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = String(raw[index]).toLowerCase();
    const earlier = joined.get(name);
    const value = String(raw[index + 1]);
    joined.set(name, earlier === undefined ? value : `${earlier}${name === "cookie" ? "; " : ","}${value}`);
  }
  return Object.fromEntries(joined);
};

const joinQuery = (query: string): Record<string, string> => {
  const joined = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const earlier = joined.get(name);
    joined.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return Object.fromEntries(joined);
};

/** Decodes percent escapes; those that are no UTF-8 are left as they stand. */
const decodeWhole = (text: string): string => text.replace(/(?:%[0-9a-f]{2})+/gi, decodeSequence);

const decodeSequence = (escapes: string): string => {
  try {
    return decodeURIComponent(escapes);
  } catch {
    return escapes;
  }
};

/** `22/Nov/2026:10:02:01 +0000` */
const accessLogTime = (time: Date): string => {
  const [, day, month, year, clock] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(time.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${clock} +0000`;
};

const textType = /^(text\/|application\/([^;]*\+)?(json|xml|javascript)\s*(;|$))/i;

const encodeBody = (body: Buffer, contentType = ""): Pick<APIGatewayProxyEventV2, "body" | "isBase64Encoded"> => {
  if (body.length === 0) return { isBase64Encoded: false };
  return textType.test(contentType) && isUtf8(body)
    ? { body: body.toString("utf8"), isBase64Encoded: false }
    : { body: body.toString("base64"), isBase64Encoded: true };
};

const mapValues = (record: Readonly<Record<string, string>>, map: (value: string) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
