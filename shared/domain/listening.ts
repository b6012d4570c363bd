import type { Instant } from "./job.ts";

/**
 * When somebody is known to have listened: the runs of the cleanup, oldest first, that found the API up and followed each
 * other without a gap. `always` at the first run of all, which has nothing to compare with.
 */
export type Listening = "always" | readonly Instant[];

/** What is kept of the runs of the cleanup. */
export interface RunRecord {
  readonly ranAt: Instant;
  /** How long after the one before. */
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

/** The farther back, the fewer are kept: who is silent for a day need not be told from who is silent for a day and an hour. */
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
