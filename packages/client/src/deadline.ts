/** The longest delay that a timer of Node can count: 24 days. A longer one would fire at once. */
export const maxTimeoutMs = 2 ** 31 - 1;

export interface Deadline {
  /** Aborted when the time is up, or by the signal that was given. */
  readonly signal: AbortSignal;
  /** Lets go of the timer. */
  readonly release: () => void;
}

/** Throws a RangeError unless `timeoutMs` is more than 0 and a timer can count it. */
export const startDeadline = (timeoutMs: number, signal?: AbortSignal): Deadline => {
  checkTimeout(timeoutMs);
  const time = new AbortController();
  const timer = setTimeout(() => time.abort(new DOMException("The time is up.", "TimeoutError")), timeoutMs);
  return {
    signal: signal ? AbortSignal.any([signal, time.signal]) : time.signal,
    release: () => clearTimeout(timer),
  };
};

export const checkTimeout = (timeoutMs: number): void => {
  if (!(timeoutMs > 0 && timeoutMs <= maxTimeoutMs))
    throw new RangeError(`timeout must be a number of milliseconds from 1 to ${maxTimeoutMs}, and is ${timeoutMs}.`);
};
