/** The clock, and what waits for it. */
export interface Timer {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once, not before that time. Gives what takes the call back. */
  at(time: number, callback: () => void): () => void;
}

/** A timeout stands still while the machine sleeps, and takes 24 days at most; so the clock is looked at now and then. */
const lookEveryMs = 30_000;

export const systemTimer: Timer = {
  now: () => Date.now(),
  at(time, callback) {
    let timeout: NodeJS.Timeout;
    const waitOrCall = (): void => {
      const delay = time - Date.now();
      if (delay <= 0) callback();
      else timeout = setTimeout(waitOrCall, Math.min(delay, lookEveryMs));
    };
    timeout = setTimeout(waitOrCall, 0);
    return () => clearTimeout(timeout);
  },
};
