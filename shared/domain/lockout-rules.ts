/** More than this many wrong signatures in a row lock a key at an address. */
export const toleratedFailures = 5;
export const lockMs = 5 * 60_000;
