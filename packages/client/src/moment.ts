import { uptime } from "node:os";

/**
 * A moment by two clocks that no correction of the time of day moves. The monotonic clock may stand still while the
 * machine sleeps; the machine's uptime goes on.
 */
export interface Moment {
  readonly monotonicMs: number;
  readonly uptimeMs: number;
}

export const thisMoment = (): Moment => ({ monotonicMs: performance.now(), uptimeMs: uptime() * 1000 });

/** Returns the milliseconds since a moment, by the clock that says more. */
export const msSince = (then: Moment): number => {
  const { monotonicMs, uptimeMs } = thisMoment();
  return Math.max(monotonicMs - then.monotonicMs, uptimeMs - then.uptimeMs);
};

export const laterOf = (one: Moment, other: Moment): Moment => (one.monotonicMs < other.monotonicMs ? other : one);
