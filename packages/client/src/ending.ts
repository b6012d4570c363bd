import type { JobApi } from "./job-api.ts";
import { endedJobIn, JobApiError } from "./job-api-error.ts";
import { persist } from "./persist.ts";
import type { JobStopped, StopReason } from "./stop-reason.ts";
import type { EndState, FinishReport } from "./wire-views.ts";

/** What became of the work. */
export type Ending<Result> =
  /** It returned: whatever it was told meanwhile, it is complete. */
  | { readonly outcome: "succeeded"; readonly result: Result }
  /** It threw, or stopped because the worker was shut down or lost its lease (`error` is then a {@link JobStopped}). */
  | { readonly outcome: "failed"; readonly error: unknown }
  /** It stopped, or never began, because the job was cancelled. */
  | { readonly outcome: "cancelled"; readonly why: StopReason };

/** Does the work, unless there is a reason to stop already, and returns how that went. */
export const doWork = async <Result>(
  signal: AbortSignal,
  work: () => Result | Promise<Result>,
): Promise<Ending<Result>> => {
  try {
    signal.throwIfAborted();
    return { outcome: "succeeded", result: await work() };
  } catch (error) {
    if (!isStopped(error, signal)) return { outcome: "failed", error };
    const { why } = signal.reason as JobStopped;
    return why.kind === "cancelled" ? { outcome: "cancelled", why } : { outcome: "failed", error: signal.reason };
  }
};

/** Node's functions wrap the reason of a signal in an AbortError of their own. */
const isStopped = (error: unknown, { aborted, reason }: AbortSignal): boolean =>
  aborted && (error === reason || (error instanceof Error && (error.name === "AbortError" || error.cause === reason)));

export interface Reported {
  readonly recorded: EndState | undefined;
  readonly reportError?: JobApiError;
}

interface ReportOptions {
  readonly api: Pick<JobApi, "heartbeat" | "finish">;
  readonly uid: string;
  readonly ending: Ending<unknown>;
  readonly residue: readonly string[];
  readonly withinMs: number;
  readonly maxMs: number;
}

/** Reports the end until it is on record, by this report or one before it. */
export const report = async ({ api, uid, ending, residue, withinMs, maxMs }: ReportOptions): Promise<Reported> => {
  const signal = AbortSignal.timeout(withinMs);
  const given = toFinishReport(ending, residue);
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
