import { randomInt } from "node:crypto";
/** Numbers from 0 to 1 that are the same for the same seed (mulberry32): generated data that a test can count on. */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Of an id, so that each job has one of its own. */
export const uniquePart = (): string =>
  randomInt(36 ** 4)
    .toString(36)
    .padStart(4, "0");
