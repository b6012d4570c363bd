import { validateHeaderName, validateHeaderValue } from "node:http";

export interface GatewayResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** The gateway's own answers. */
export const gatewayMessage = (status: number, message: string): GatewayResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify({ message })),
});

/** Concern the connection, which is the gateway's and not the function's. */
const hopByHop = new Set(["connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"]);
const withoutBody = new Set([204, 304]);

/**
 * What an HTTP API makes of a function's result: a structured answer where there is a `statusCode`, otherwise 200 with
 * the value itself as JSON, and a string as it stands. A malformed answer is the function's fault: 500.
 */
export const gatewayResponse = (payload: string): GatewayResponse => {
  try {
    const result: unknown = JSON.parse(payload);
    if (typeof result === "object" && result !== null && "statusCode" in result) return structured(result);
    const body = typeof result === "string" ? result : payload;
    return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(body) };
  } catch {
    return gatewayMessage(500, "Internal Server Error");
  }
};

interface StructuredResult {
  readonly statusCode: unknown;
  readonly headers?: unknown;
  readonly cookies?: unknown;
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
}

const structured = ({ statusCode, headers, cookies, body, isBase64Encoded }: StructuredResult): GatewayResponse => {
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) throw new TypeError("statusCode");
  const content = body ?? "";
  if (typeof content !== "string") throw new TypeError("body");
  return {
    status,
    headers: { "content-type": "text/plain;charset=UTF-8", ...readHeaders(headers), ...readCookies(cookies) },
    body: withoutBody.has(status)
      ? Buffer.alloc(0)
      : Buffer.from(content, isBase64Encoded === true ? "base64" : "utf8"),
  };
};

const readHeaders = (headers: unknown): Record<string, string> => {
  const entries = Object.entries(object(headers)).map(([name, value]) => {
    if (typeof value === "object") throw new TypeError(name);
    validateHeaderName(name);
    validateHeaderValue(name, String(value));
    return [name.toLowerCase(), String(value)] as const;
  });
  return Object.fromEntries(entries.filter(([name]) => !hopByHop.has(name)));
};

const readCookies = (cookies: unknown): Record<string, readonly string[]> => {
  const values = Object.values(object(cookies)).map(String);
  for (const value of values) validateHeaderValue("set-cookie", value);
  return values.length > 0 ? { "set-cookie": values } : {};
};

const object = (value: unknown): object => {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object") throw new TypeError("not an object");
  return value;
};
