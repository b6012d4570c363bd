import type { Timer } from "../../../packages/local/schedule/timer.ts";

/** A clock that stands still until the test moves it. */
export interface ManualTimer extends Timer {
  /** Goes to that time, and calls on the way what is due. */
  advanceTo(time: number): void;
  /** Jumps there as after a sleep: what was due on the way is called late. */
  jumpTo(time: number): void;
  readonly waiting: () => readonly number[];
}

export const createManualTimer = (start: number): ManualTimer => {
  let now = start;
  const calls = new Set<{ time: number; callback: () => void }>();

  const callDue = (limit: number, reach: (time: number) => void): void => {
    for (;;) {
      const [first] = [...calls].sort((a, b) => a.time - b.time);
      if (first === undefined || first.time > limit) return;
      calls.delete(first);
      reach(first.time);
      first.callback();
    }
  };

  return {
    now: () => now,
    at(time, callback) {
      const call = { time, callback };
      calls.add(call);
      return () => calls.delete(call);
    },
    advanceTo(time) {
      callDue(time, (reached) => {
        now = reached;
      });
      now = time;
    },
    jumpTo(time) {
      now = time;
      callDue(time, () => {});
    },
    waiting: () => [...calls].map((call) => call.time),
  };
};
