/** Waits for so many milliseconds. */
export type Pause = (ms: number) => Promise<void>;

export const pause: Pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Full jitter: anything up to a bound that doubles with each attempt, so that those who were refused together come apart. */
export const jitteredMs = (attempt: number, firstMs: number, random: () => number = Math.random): number =>
  random() * firstMs * 2 ** attempt;
