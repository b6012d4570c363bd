import { doWork, type Ending, report, type Seen } from "./ending.ts";
import { type JobApi, jobApi } from "./job-api.ts";
import type { JobApiError } from "./job-api-error.ts";
import { holdLease, toStopReason } from "./lease.ts";
import { thisMoment } from "./moment.ts";
import { persist } from "./persist.ts";
import type { SpawnedProcess, SpawnOptions } from "./process-group.ts";
import type { JobRegistration } from "./registration.ts";
import { JobStopped, type StopReason } from "./stop-reason.ts";
import type { EndState } from "./wire-views.ts";
import { createScope } from "./work-scope.ts";
import { noticeWhenRead } from "./work-signal.ts";

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
  /**
   * Seconds between heartbeats, fractions too: 20, or a third of the job's `heartbeatTimeoutSeconds` where that is less,
   * unless given. A stop request is heard with the next heartbeat.
   */
  readonly heartbeatSeconds?: number;
  /** For how many seconds the end is reported when the server does not answer; `heartbeatTimeoutSeconds` unless given. */
  readonly reportSeconds?: number;
  /** Shuts the worker down: the work is told to stop, and a job that it did not complete is reported as failed. */
  readonly signal?: AbortSignal;
  /**
   * What to do when no heartbeat has come through for `heartbeatTimeoutSeconds`: `continue`, the default, goes on with
   * work that nobody is known to have cancelled; `stop` tells it to stop, since somebody may have.
   */
  readonly onLost?: "continue" | "stop";
  /**
   * Waits for the turn of a job that is registered as `queued`, under heartbeats. Then the start is asked for, and the
   * work is called once that is accepted. A job that is cancelled before never starts.
   */
  readonly untilReady?: Work<void>;
}

/** The job, as its work sees it. */
export interface RunningJob {
  /** Standdown's id of this incarnation of the job. */
  readonly uid: string;
  /** The service's own id. */
  readonly jobId: string;
  /**
   * Grows with every incarnation of the job, as text: a store that refuses a smaller one than it has seen refuses a
   * worker whose job another has taken over.
   */
  readonly fencingToken: string;
  /** Resolves at once: the start of a queued job was accepted before its work was called. */
  start(): Promise<void>;
  /** Asks the server at once whether the job is to stop, instead of with the next heartbeat. Never rejects. */
  check(): Promise<void>;
  /**
   * Says that the work is complete, whatever it was told meanwhile. Without that, work that returns after it was told to
   * stop has stopped.
   */
  complete(): void;
  /**
   * Does a part of the work beside the others. The end of the job is reported after the last of them, also where nobody
   * waits for it.
   *
   * @throws {@link JobStopped} when there is a reason to stop already.
   * @example
   * ```ts
   * await Promise.all(tables.map((table) => job.lane((signal) => copy(table, { signal }))));
   * ```
   */
  lane<Part>(work: (signal: AbortSignal) => Part | Promise<Part>): Promise<Part>;
  /**
   * Starts a command in a process group of its own. All of the group is ended when the job is to stop, SIGTERM first and
   * SIGKILL after `killAfterMs`, and the end of the job is reported once nothing of the group is left. A process that
   * leaves its group, as `setsid` does, is not seen.
   *
   * @throws {@link JobStopped} when there is a reason to stop already.
   */
  spawn(command: string, args?: readonly string[], options?: SpawnOptions): SpawnedProcess;
  /**
   * For a supervisor: says how the command ended that it has run, and in what nothing of it is left. It counts where the
   * job was registered with a backend that can see that.
   */
  observe(seen: Seen): void;
  /** Says what the work leaves behind when it is stopped, for the receipt: at most 16 texts of 256 characters. */
  leaveBehind(what: string): void;
}

/** The work of a job. It stops when `signal` is aborted, and says so by throwing the signal's reason or returning. */
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
 * Registers a job, does its work under heartbeats, and reports how it ended. What the work has begun by `lane` and
 * `spawn` is waited for; whatever else it leaves running is not known here, and not claimed to have stopped.
 *
 * `signal` tells the work to stop, with a {@link JobStopped} as its reason. Work that stops says so by throwing that
 * reason (`signal.throwIfAborted()`), the AbortError that Node's own functions make of it, or by returning. Work that is
 * complete although it was told to stop says `job.complete()`. Any other error is a failure.
 *
 * Reading the signal looks at the clocks: a process that was asleep, or blocked its event loop, for as long as its lease
 * is told to stop before it begins another part. Standdown may have presumed by then that it stopped.
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
  const { signal: shutdown = new AbortController().signal, onLost = "continue", untilReady = () => {} } = options;
  const { timeoutMs, intervalMs, reportMs } = toTimes(options);
  const api = jobApi({ ...options, timeoutMs: Math.min(timeoutMs / 2, 10_000) });
  const maxMs = Math.min(timeoutMs / 4, 10_000);
  const since = thisMoment();
  const { uid, jobId, state, cancel } = await register(api, options.job, { shutdown, timeoutMs, maxMs });

  const stopping = new AbortController();
  const stop = (why: StopReason) => stopping.abort(new JobStopped(why));
  const shutDown = () => stop({ kind: "shut-down" });
  if (cancel) stop(toStopReason(cancel));
  if (shutdown.aborted) shutDown();
  shutdown.addEventListener("abort", shutDown);

  const lease = holdLease({ api, uid, since, timeoutMs, intervalMs, onLost, onStop: stop });
  const signal = noticeWhenRead(stopping.signal, lease.notice);
  const residue: string[] = [];
  let isComplete = false;
  let seen: Seen = {};
  const leaveBehind = (what: string) => void residue.push(what);
  const { lane, spawn, finish, abandon } = createScope(signal, leaveBehind);
  const complete = () => {
    isComplete = true;
  };
  const running: RunningJob = {
    uid,
    jobId,
    fencingToken: uid,
    start: async () => {},
    check: () => lease.check(),
    complete,
    lane,
    spawn,
    observe: (given) => {
      seen = given;
    },
    leaveBehind,
  };
  const startAndWork = async () => {
    if (state === "queued") {
      await untilReady(signal, running);
      signal.throwIfAborted();
      await lease.start(signal);
    }
    return work(signal, running);
  };
  const ending = await doWork({ signal, work: startAndWork, finish, abandon, isComplete: () => isComplete });
  await lease.release();
  shutdown.removeEventListener("abort", shutDown);
  const reported = await report({ api, uid, ending, residue, seen, withinMs: reportMs, maxMs });
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

const defaultLeaseSeconds = 300;
const defaultHeartbeatSeconds = 20;

const toTimes = ({ job, heartbeatSeconds, reportSeconds }: RunJobOptions) => {
  const leaseSeconds = job.heartbeatTimeoutSeconds ?? defaultLeaseSeconds;
  const interval = heartbeatSeconds ?? Math.min(defaultHeartbeatSeconds, leaseSeconds / 3);
  if (!(interval > 0 && interval < leaseSeconds))
    throw new RangeError(`heartbeatSeconds must be between 0 and heartbeatTimeoutSeconds (${leaseSeconds}).`);
  return {
    timeoutMs: leaseSeconds * 1000,
    intervalMs: interval * 1000,
    reportMs: (reportSeconds ?? leaseSeconds) * 1000,
  };
};
