import { JobApiError } from "./job-api-error.ts";
import type { Problem } from "./wire-views.ts";

export interface HttpOptions {
  readonly endpoint: string;
  readonly token: string | (() => string | Promise<string>);
  /** Milliseconds after which a request without an answer is given up. */
  readonly timeoutMs: number;
}

export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Starts with a slash; appended to the endpoint. */
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What was answered, and when its request was sent by the monotonic clock, in milliseconds. */
export interface Answered<Body> {
  readonly body: Body;
  readonly sentAt: number;
  /** How long the server asks to wait before the next request, in milliseconds; 0 unless it asks. */
  readonly retryAfterMs: number;
}

/** Sends one request and resolves with its JSON. Throws a {@link JobApiError} unless the answer is a success. */
export type SendRequest = <Body>(request: HttpRequest) => Promise<Answered<Body>>;

/** Throws a TypeError at once for an endpoint that is no URL and for a token that no header can carry. */
export const createSender = ({ endpoint, token, timeoutMs }: HttpOptions): SendRequest => {
  const base = new URL(endpoint).href.replace(/\/+$/, "");
  if (typeof token === "string") toBearer(token);

  return async <Body>({ method, path, body, headers = {}, signal }: HttpRequest) => {
    const name = `${method} ${path.split("?")[0]}`;
    const attempt = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const authorization = toBearer(typeof token === "string" ? token : await token());
      const sentAt = performance.now();
      const response = await fetch(`${base}${path}`, {
        method,
        headers: { ...headers, authorization, ...(body && { "content-type": "application/json" }) },
        ...(body && { body: JSON.stringify(body) }),
        // A redirected POST would become a GET.
        redirect: "manual",
        signal: attempt,
      });
      const answer = parseObject(await response.text());
      if (!response.ok || !answer) throw toError(name, response, answer);
      return { body: answer as Body, sentAt, retryAfterMs: readRetryAfter(response.headers) };
    } catch (cause) {
      throw cause instanceof JobApiError ? cause : new JobApiError(`${name} got no answer`, { cause });
    }
  };
};

/** Checks the token, because the error that `fetch` throws for a malformed header shows the header. */
const toBearer = (token: string): string => {
  if (!/^[\x21-\x7e]+$/.test(token)) throw new TypeError("The token must be visible ASCII characters.");
  return `Bearer ${token}`;
};

const parseObject = (text: string): object | undefined => {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === "object" && content !== null ? content : undefined;
  } catch {
    return undefined;
  }
};

const toError = (name: string, { ok, status, headers }: Response, answer: object | undefined): JobApiError => {
  // A success without JSON comes from something between here and Standdown: it counts as no answer.
  if (ok) return new JobApiError(`${name} got an answer that is not Standdown's`);
  const retryAfterMs = readRetryAfter(headers);
  const message = `${name} was answered ${status}`;
  return isProblem(answer)
    ? new JobApiError(`${message} (${answer.code}: ${answer.detail})`, { status, problem: answer, retryAfterMs })
    : new JobApiError(message, { status, retryAfterMs });
};

/** Tells Standdown's refusals from those of a proxy or gateway on the way. */
const isProblem = (answer: object | undefined): answer is Problem & object =>
  answer !== undefined && "code" in answer && typeof answer.code === "string";

/** Reads `Retry-After`, which holds seconds or a date, as milliseconds from now. */
const readRetryAfter = (headers: Headers): number => {
  const header = headers.get("retry-after");
  if (header === null) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
};
