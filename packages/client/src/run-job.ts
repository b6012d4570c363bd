import { doWork, type Ending, report } from "./ending.ts";
import { type JobApi, jobApi } from "./job-api.ts";
import type { JobApiError } from "./job-api-error.ts";
import { holdLease, toStopReason } from "./lease.ts";
import { persist } from "./persist.ts";
import type { JobRegistration } from "./registration.ts";
import { JobStopped, type StopReason } from "./stop-reason.ts";
import type { EndState } from "./wire-views.ts";

export { JobApiError } from "./job-api-error.ts";
export type { JobRegistration } from "./registration.ts";
export { JobStopped, type StopReason } from "./stop-reason.ts";
export type { EndState } from "./wire-views.ts";

/** Where to register a job, which job, and how to keep its lease. */
export interface RunJobOptions {
  /** Where Standdown listens, e.g. `http://127.0.0.1:3000`. */
  readonly endpoint: string;
  /** A bearer token, or a function that gives one for each request, for tokens that are renewed. */
  readonly token: string | (() => string | Promise<string>);
  readonly job: JobRegistration;
  /** Seconds between heartbeats, fractions too; a third of the job's `heartbeatTimeoutSeconds` unless given. */
  readonly heartbeatSeconds?: number;
  /** For how many seconds the end is reported when the server does not answer; `heartbeatTimeoutSeconds` unless given. */
  readonly reportSeconds?: number;
  /** Shuts the worker down: the work is told to stop, and a job that it did not complete is reported as failed. */
  readonly signal?: AbortSignal;
}

/** The job, as its work sees it. */
export interface RunningJob {
  /** Standdown's id of this incarnation of the job. */
  readonly uid: string;
  /** The service's own id. */
  readonly jobId: string;
  /**
   * Takes a job that was registered as `queued` into work. Await it before doing anything that matters. A job that runs
   * already just goes on.
   *
   * @throws {@link JobStopped} when the job was cancelled while it waited. Its record then says that the work never
   * started.
   * @throws {@link JobApiError} when the server refuses.
   */
  start(): Promise<void>;
  /** Says what the work leaves behind when it is stopped, for the receipt: at most 16 texts of 256 characters. */
  leaveBehind(what: string): void;
}

/** The work of a job. It stops when `signal` is aborted, and says so by throwing the signal's reason. */
export type Work<Result> = (signal: AbortSignal, job: RunningJob) => Result | Promise<Result>;

/** How a job ended: what became of the work, and what the server has on record. */
export type JobEnd<Result> = Ending<Result> & {
  readonly uid: string;
  readonly jobId: string;
  /**
   * The state that the server holds. It differs from `outcome` where a cancelled job's work failed (`cancelled`), and
   * where the worker was silent for longer than its lease and was overruled. Undefined when the server could not be told.
   */
  readonly recorded: EndState | undefined;
  /** Why the server could not be told. */
  readonly reportError?: JobApiError;
};

/**
 * Registers a job, does its work under heartbeats, and reports how it truly ended.
 *
 * `signal` tells the work to stop, with a {@link JobStopped} as its reason. Work that stops early says so by throwing
 * that reason (`signal.throwIfAborted()`) or the AbortError that Node's own functions make of it; work that returns has
 * been completed, even if it was told to stop meanwhile, and that is what is reported. Any other error is a failure.
 *
 * The signal is aborted too when no heartbeat came through for `heartbeatTimeoutSeconds`. The server may then declare a
 * cancelled job stopped, with the lost lease as its evidence, and only the work can make that true: it has to stop as
 * soon as it is told to, and must not block the event loop, on which heartbeats and signal depend.
 *
 * Outages shorter than the lease pass unnoticed: whatever got no answer, or one of 408, 429 and 5xx, is sent again,
 * after the time that the server asks for. The registration carries an idempotency key, so that one job comes of it.
 *
 * Resolves whatever the work throws: that is the `error` in its end.
 *
 * @throws {@link JobApiError} when the job cannot be registered. The work is then not called.
 * @throws The reason of `options.signal` when that is aborted before the job is registered.
 * @throws TypeError or RangeError for options that make no sense.
 * @example
 * ```ts
 * const job = { service: "dli", scope: { projectId }, jobType: "IMPORT" } as const;
 * const end = await runJob({ endpoint, token, job }, async (signal, { leaveBehind }) => {
 *   for (const file of files) {
 *     if (signal.aborted) leaveBehind(`all before ${file}`);
 *     signal.throwIfAborted();
 *     await load(file, { signal });
 *   }
 * });
 * console.log(end.outcome, end.recorded);
 * ```
 */
export const runJob = async <Result>(options: RunJobOptions, work: Work<Result>): Promise<JobEnd<Result>> => {
  const { signal: shutdown = new AbortController().signal } = options;
  const { timeoutMs, intervalMs, reportMs } = toTimes(options);
  const api = jobApi({ ...options, timeoutMs: Math.min(timeoutMs / 2, 10_000) });
  const maxMs = timeoutMs / 4;
  const since = performance.now();
  const { uid, jobId, cancel } = await register(api, options.job, { shutdown, timeoutMs, maxMs });

  const stopping = new AbortController();
  const stop = (why: StopReason) => stopping.abort(new JobStopped(why));
  const shutDown = () => stop({ kind: "shut-down" });
  if (cancel) stop(toStopReason(cancel));
  if (shutdown.aborted) shutDown();
  shutdown.addEventListener("abort", shutDown);

  const lease = holdLease({ api, uid, since, timeoutMs, intervalMs, onStop: stop });
  const residue: string[] = [];
  const running: RunningJob = {
    uid,
    jobId,
    start: () => lease.start(stopping.signal),
    leaveBehind: (what) => void residue.push(what),
  };
  const ending = await doWork(stopping.signal, () => work(stopping.signal, running));
  lease.release();
  shutdown.removeEventListener("abort", shutDown);
  const reported = await report({ api, uid, ending, residue, withinMs: reportMs, maxMs });
  return { ...ending, uid, jobId, ...reported };
};

interface Registering {
  readonly shutdown: AbortSignal;
  readonly timeoutMs: number;
  readonly maxMs: number;
}

/** Tries for as long as the lease lasts that the first attempt may have been given. */
const register = async (api: JobApi, given: JobRegistration, { shutdown, timeoutMs, maxMs }: Registering) => {
  shutdown.throwIfAborted();
  // The key is good for one job id only: one that the server made up would be another with each attempt.
  const job = { jobId: crypto.randomUUID(), ...given, heartbeatTimeoutSeconds: timeoutMs / 1000 };
  const key = crypto.randomUUID();
  const signal = AbortSignal.any([shutdown, AbortSignal.timeout(timeoutMs)]);
  try {
    return (await persist(() => api.register(job, key, signal), { signal, maxMs })).body;
  } catch (error) {
    shutdown.throwIfAborted();
    throw error;
  }
};

const defaultLeaseSeconds = 60;

const toTimes = ({ job, heartbeatSeconds, reportSeconds }: RunJobOptions) => {
  const leaseSeconds = job.heartbeatTimeoutSeconds ?? defaultLeaseSeconds;
  const interval = heartbeatSeconds ?? leaseSeconds / 3;
  if (!(interval > 0 && interval < leaseSeconds))
    throw new RangeError(`heartbeatSeconds must be between 0 and heartbeatTimeoutSeconds (${leaseSeconds}).`);
  return {
    timeoutMs: leaseSeconds * 1000,
    intervalMs: interval * 1000,
    reportMs: (reportSeconds ?? leaseSeconds) * 1000,
  };
};
