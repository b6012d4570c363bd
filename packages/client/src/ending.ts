import type { JobApi } from "./job-api.ts";
import { endedJobIn, JobApiError } from "./job-api-error.ts";
import { persist } from "./persist.ts";
import type { JobStopped, StopReason } from "./stop-reason.ts";
import type { EndState, FinishReport } from "./wire-views.ts";
import { isAborted } from "./work-signal.ts";

/** What became of the work. */
export type Ending<Result> =
  /** It returned before it was told to stop, or said that it was complete. */
  | { readonly outcome: "succeeded"; readonly result: Result }
  /** It threw, or stopped because the worker was shut down or lost its lease (`error` is then a {@link JobStopped}). */
  | { readonly outcome: "failed"; readonly error: unknown }
  /** It stopped, or never began, because the job was cancelled. `result` is there where it returned. */
  | { readonly outcome: "cancelled"; readonly why: StopReason; readonly result?: Result };

export interface WorkToDo<Result> {
  readonly signal: AbortSignal;
  readonly work: () => Result | Promise<Result>;
  /** Waits for what the work has begun beside its main line. */
  readonly finish: () => Promise<void>;
  /** Ends that where the main line has failed or stopped, and waits for it. */
  readonly abandon: () => Promise<void>;
  /** Whether the work has said that it is complete. */
  readonly isComplete: () => boolean;
}

/** Does the work, unless there is a reason to stop already, and returns how that went. */
export const doWork = async <Result>(given: WorkToDo<Result>): Promise<Ending<Result>> => {
  const { signal, work, finish, abandon, isComplete } = given;
  try {
    signal.throwIfAborted();
    const result = await work();
    await finish();
    // Without reading the clocks: work that has returned has not slept through anything.
    return isComplete() || !isAborted(signal) ? { outcome: "succeeded", result } : toStopped(signal, { result });
  } catch (error) {
    await abandon();
    return isStopped(error, signal) ? toStopped(signal) : { outcome: "failed", error };
  }
};

/** Work that returned although it was told to stop may have left out the rest: it is complete only if it says so. */
const toStopped = <Result>(signal: AbortSignal, returned: { readonly result?: Result } = {}): Ending<Result> => {
  const { why } = signal.reason as JobStopped;
  return why.kind === "cancelled"
    ? { outcome: "cancelled", why, ...returned }
    : { outcome: "failed", error: signal.reason };
};

/** Node's functions wrap the reason of a signal in an AbortError of their own. */
const isStopped = (error: unknown, signal: AbortSignal): boolean =>
  isAborted(signal) &&
  (error === signal.reason ||
    (error instanceof Error && (error.name === "AbortError" || error.cause === signal.reason)));

export interface Reported {
  readonly recorded: EndState | undefined;
  readonly reportError?: JobApiError;
}

/** What a supervisor saw of the work: how its command ended, and in what nothing of it was left. */
export type Seen = Pick<FinishReport, "exit" | "containment">;

interface ReportOptions {
  readonly api: Pick<JobApi, "heartbeat" | "finish">;
  readonly uid: string;
  readonly ending: Ending<unknown>;
  readonly residue: readonly string[];
  readonly seen: Seen;
  readonly withinMs: number;
  readonly maxMs: number;
}

/** Reports the end until it is on record, by this report or one before it. */
export const report = async ({
  api,
  uid,
  ending,
  residue,
  seen,
  withinMs,
  maxMs,
}: ReportOptions): Promise<Reported> => {
  const signal = AbortSignal.timeout(withinMs);
  const given = { ...toFinishReport(ending, residue), ...seen };
  const finish = () => persist(() => api.finish(uid, given, signal), { signal, maxMs });
  // A queued job can only end by way of running.
  const start = () => persist(() => api.heartbeat(uid, { state: "running" }, signal), { signal, maxMs });
  try {
    const { body } = await finish().catch((error: unknown) => {
      if (!(error instanceof JobApiError) || error.code !== "not-started") throw error;
      return start().then(finish);
    });
    return { recorded: body.state as EndState };
  } catch (error) {
    // An end that is on record already is that of the first report when only its answer was lost.
    const ended = endedJobIn(error);
    if (ended) return { recorded: ended.state as EndState };
    if (error instanceof JobApiError) return { recorded: undefined, reportError: error };
    throw error;
  }
};

const maxTexts = 16;

const toFinishReport = (ending: Ending<unknown>, left: readonly string[]): FinishReport => {
  const texts =
    left.length <= maxTexts ? left : [...left.slice(0, maxTexts - 1), `and ${left.length - maxTexts + 1} more`];
  const residue = texts.map((text) => cut(text, 256));
  if (ending.outcome !== "failed") return { outcome: ending.outcome, residue };
  const { error } = ending;
  // The message alone: a stack would show the machine's paths.
  return { outcome: "failed", error: cut(error instanceof Error ? error.message : String(error), 1024), residue };
};

/** Cutting may halve a surrogate pair, which no store accepts. */
const cut = (text: string, length: number): string => text.slice(0, length).toWellFormed();
