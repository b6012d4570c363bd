export const toleratedFailures = 5;
export const lockMs = 5 * 60_000;
