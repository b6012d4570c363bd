import { JobApiError } from "./job-api-error.ts";
import type { JobView } from "./job-view.ts";
import type { JobRegistration } from "./registration.ts";
import type { EndState } from "./stop-reason.ts";

export interface FinishReport {
  readonly outcome: EndState;
  readonly error?: string;
  readonly residue?: readonly string[];
}

/** What was answered, and when its request was sent by the monotonic clock, in milliseconds. */
export interface Answered<Body> {
  readonly body: Body;
  readonly sentAt: number;
}

export interface JobApiOptions {
  readonly endpoint: string;
  readonly token: string | (() => string | Promise<string>);
  /** After this a request without an answer is given up, in milliseconds. */
  readonly timeoutMs: number;
}

/** The job API as a worker uses it. Each call is one request; it throws a {@link JobApiError} unless it was done. */
export interface JobApi {
  /** The same key again gives the job that the first request registered. */
  register(job: JobRegistration, idempotencyKey: string, signal: AbortSignal): Promise<Answered<JobView>>;
  /** Renews the lease; with `state` it also takes a queued job into work. */
  heartbeat(
    uid: string,
    report: { readonly state?: "running" },
    signal: AbortSignal,
  ): Promise<Answered<Pick<JobView, "state" | "cancel">>>;
  finish(uid: string, report: FinishReport, signal: AbortSignal): Promise<Answered<JobView>>;
}

export const jobApi = ({ endpoint, token, timeoutMs }: JobApiOptions): JobApi => {
  const base = new URL(endpoint).href.replace(/\/+$/, "");
  if (typeof token === "string") bearer(token);

  const post = async <Body>(path: string, body: object, signal: AbortSignal, headers: Record<string, string> = {}) => {
    const request = `POST ${path}`;
    const attempt = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const authorization = bearer(typeof token === "string" ? token : await token());
      const sentAt = performance.now();
      const response = await fetch(`${base}${path}`, {
        method: "POST",
        headers: { ...headers, authorization, "content-type": "application/json" },
        body: JSON.stringify(body),
        // A redirection would be followed by a GET.
        redirect: "manual",
        signal: attempt,
      });
      const answer = objectIn(await response.text());
      if (response.ok && answer) return { body: answer as Body, sentAt };
      throw refusalOf(request, response, answer);
    } catch (cause) {
      throw cause instanceof JobApiError ? cause : new JobApiError(`${request} got no answer`, { cause });
    }
  };

  return {
    register: (job, key, signal) => post("/jobs", job, signal, { "idempotency-key": key }),
    heartbeat: (uid, report, signal) => post(`/jobs/${uid}/heartbeat`, report, signal),
    finish: (uid, report, signal) => post(`/jobs/${uid}/finish`, report, signal),
  };
};

/** Checked here, since the error that `fetch` has for a malformed header shows the header. */
const bearer = (token: string): string => {
  if (!/^[\x21-\x7e]+$/.test(token)) throw new TypeError("The token must be visible ASCII characters.");
  return `Bearer ${token}`;
};

const objectIn = (text: string): object | undefined => {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === "object" && content !== null ? content : undefined;
  } catch {
    return undefined;
  }
};

interface ProblemDetails {
  readonly code?: string;
  readonly detail?: string;
  readonly job?: JobView;
}

const refusalOf = (request: string, { ok, status, headers }: Response, problem: ProblemDetails = {}): JobApiError => {
  // A success without JSON is not Standdown's, but from something on the way to it: no answer at all.
  if (ok) return new JobApiError(`${request} got an answer that is not Standdown's`);
  const { code, detail, job } = problem;
  const said = [code, detail].filter((part) => part !== undefined).join(": ");
  return new JobApiError(`${request} was answered ${status}${said && ` (${said})`}`, {
    status,
    retryAfterMs: retryAfter(headers.get("retry-after")),
    ...(code === undefined ? {} : { code }),
    ...(job === undefined ? {} : { job }),
  });
};

/** The header as milliseconds from now: it has seconds or a date. */
const retryAfter = (header: string | null): number => {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
};
