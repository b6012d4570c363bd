import { type SpawnedProcess, type SpawnOptions, startGroup } from "./process-group.ts";

/** What a job's work has begun beside its main line. The end of the job is reported after the last of it. */
export interface WorkScope {
  lane<Result>(work: (signal: AbortSignal) => Result | Promise<Result>): Promise<Result>;
  spawn(command: string, args?: readonly string[], options?: SpawnOptions): SpawnedProcess;
  /** Waits for all of it, also for what it begins meanwhile. Rejects with the first error that a lane ended with. */
  finish(): Promise<void>;
  /** Ends the child processes, and waits for all of it. */
  abandon(): Promise<void>;
}

export const createScope = (signal: AbortSignal, leaveBehind: (what: string) => void): WorkScope => {
  const open = new Set<Promise<unknown>>();
  const enders = new Set<() => void>();
  const errors: unknown[] = [];
  signal.addEventListener("abort", () => {
    for (const end of enders) end();
  });

  const track = (promise: Promise<unknown>): void => {
    const settled = promise.catch((error: unknown) => errors.push(error)).finally(() => open.delete(settled));
    open.add(settled);
  };
  const untilEmpty = async (): Promise<void> => {
    while (open.size > 0) await Promise.all(open);
  };

  return {
    lane(work) {
      const result = (async () => {
        signal.throwIfAborted();
        return work(signal);
      })();
      track(result);
      return result;
    },
    spawn(command, args = [], options = {}) {
      signal.throwIfAborted();
      const { started, end, gone } = startGroup(command, args, options);
      enders.add(end);
      track(
        gone.then((isGone) => {
          enders.delete(end);
          if (!isGone) leaveBehind(`processes of ${command} that could not be ended`.slice(0, 256));
        }),
      );
      return started;
    },
    async finish() {
      await untilEmpty();
      if (errors.length > 0) throw errors[0];
    },
    async abandon() {
      for (const end of enders) end();
      await untilEmpty();
    },
  };
};
