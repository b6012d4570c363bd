import type { Instant } from "./job.ts";

/** The runs of the cleanup, oldest first, that found the API up and followed each other without a gap. `always` at the first run of all. */
export type Listening = "always" | readonly Instant[];

export interface RunRecord {
  readonly ranAt: Instant;
  readonly intervalMs: number;
  readonly runs: readonly Instant[];
}

/** A schedule of a minute is never that late. */
const toleratedGapMs = 90_000;
/** A schedule of an hour is no outage: what counts is how far apart the runs were before. */
const toleratedIntervals = 1.5;
/** Twice the longest lease, and a day. */
const maxAgeMs = 15 * 86_400_000;

/** Adds a run. One after a gap, and one that does not find the API up, begin anew. */
export const addRun = (before: RunRecord | undefined, now: Instant, isApiUp: boolean): RunRecord => {
  const intervalMs = before === undefined ? 0 : now - before.ranAt;
  if (!isApiUp) return { ranAt: now, intervalMs, runs: [] };
  const isGap = before && intervalMs > Math.max(toleratedGapMs, toleratedIntervals * before.intervalMs);
  return { ranAt: now, intervalMs, runs: thinOut([...(before && !isGap ? before.runs : []), now], now) };
};

/** Keeps fewer runs the farther they lie back. */
const thinOut = (runs: readonly Instant[], now: Instant): readonly Instant[] => {
  const kept: Instant[] = [];
  for (const run of runs) {
    const age = now - run;
    const last = kept.at(-1);
    const isApart = last === undefined || (run > last && (age === 0 || run - last >= age / 8));
    if (age <= maxAgeMs && isApart) kept.push(run);
  }
  return kept;
};

export const toListening = (before: RunRecord | undefined, { runs }: RunRecord): Listening =>
  before === undefined && runs.length > 0 ? "always" : runs;
