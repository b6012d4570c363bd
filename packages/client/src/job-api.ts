import { type Answered, createSender, type HttpOptions } from "./http.ts";
import type { JobRegistration } from "./registration.ts";
import type { FinishReport, HeartbeatAnswer, Job, JobFilter, JobPage, Receipt } from "./wire-views.ts";

/** The endpoints of the job API. Each call is one request; it throws a JobApiError unless it was done. */
export interface JobApi {
  /** The same key again gives the job that the first request registered. */
  register(job: JobRegistration, idempotencyKey: string, signal: AbortSignal): Promise<Answered<Job>>;
  /** Renews the lease; with `state` it also takes a queued job into work. */
  heartbeat(
    uid: string,
    report: { readonly state?: "running" },
    signal: AbortSignal,
  ): Promise<Answered<Pick<HeartbeatAnswer, "state" | "cancel">>>;
  finish(uid: string, report: FinishReport, signal: AbortSignal): Promise<Answered<Job>>;
  get(uid: string, signal: AbortSignal): Promise<Answered<Job>>;
  list(query: PageQuery, signal: AbortSignal): Promise<Answered<JobPage>>;
  /** Once more gives the receipt of the first cancellation, and counts as a repeat in it. */
  cancel(uid: string, reason: string | undefined, signal: AbortSignal): Promise<Answered<Receipt>>;
  receipt(uid: string, signal: AbortSignal): Promise<Answered<Receipt>>;
}

export interface PageQuery extends JobFilter {
  readonly cursor?: string;
  readonly limit?: string;
}

export const jobApi = (options: HttpOptions): JobApi => {
  const send = createSender(options);
  return {
    register: (job, key, signal) =>
      send({ method: "POST", path: "/jobs", body: job, headers: { "idempotency-key": key }, signal }),
    heartbeat: (uid, report, signal) => send({ method: "POST", path: `/jobs/${uid}/heartbeat`, body: report, signal }),
    finish: (uid, report, signal) => send({ method: "POST", path: `/jobs/${uid}/finish`, body: report, signal }),
    get: (uid, signal) => send({ method: "GET", path: `/jobs/${uid}`, signal }),
    list: (query, signal) => send({ method: "GET", path: `/jobs${toQueryString(query)}`, signal }),
    cancel: (uid, reason, signal) => send({ method: "POST", path: `/jobs/${uid}/cancel`, body: { reason }, signal }),
    receipt: (uid, signal) => send({ method: "GET", path: `/jobs/${uid}/receipt`, signal }),
  };
};

const toQueryString = (query: PageQuery): string => {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
};
