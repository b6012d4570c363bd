import { setTimeout as pause } from "node:timers/promises";

/** Work in slices of a few milliseconds: yields after each how far it is, and returns what came of it. */
export type Work<Result> = Generator<string, Result>;

/** Times as long as a slice took: with it, the work takes less than a tenth of a core. */
const restFactor = 14;
const shortestRestMs = 100;

/** Does the work, with a rest after each slice, in which heartbeats go out and a stop request is heard. */
export const doWork = async <Result>(
  work: Work<Result>,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (progress: string) => void },
): Promise<Result> => {
  try {
    for (;;) {
      signal.throwIfAborted();
      const started = performance.now();
      const slice = work.next();
      if (slice.done) return slice.value;
      onProgress(slice.value);
      await pause(Math.max(shortestRestMs, (performance.now() - started) * restFactor), undefined, { signal });
    }
  } finally {
    // Work that is given up lets go of what it holds.
    work.return(undefined as never);
  }
};
