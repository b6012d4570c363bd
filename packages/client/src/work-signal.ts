const nativeAborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, "aborted")?.get;

/** Whether a signal is aborted, without reading the clocks as {@link noticeWhenRead} does. */
export const isAborted = (signal: AbortSignal): boolean => nativeAborted?.call(signal) ?? signal.aborted;

/**
 * Makes a signal look before it answers: `notice` runs whenever the work reads `aborted` or calls `throwIfAborted`. Work
 * that wakes from a sleep, or blocked the event loop, runs on before any timer does; its signal must not say then that
 * all is well.
 */
export const noticeWhenRead = (signal: AbortSignal, notice: () => void): AbortSignal =>
  Object.defineProperties(signal, {
    aborted: {
      get: () => {
        if (!isAborted(signal)) notice();
        return isAborted(signal);
      },
    },
    throwIfAborted: {
      value: () => {
        if (signal.aborted) throw signal.reason;
      },
    },
  });
