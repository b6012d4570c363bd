import { AsyncLocalStorage } from "node:async_hooks";

const deadlines = new AsyncLocalStorage<number>();

/** Gives all calls that this work makes, however many, so much time together. It travels with the work, unseen. */
export const withinMs = <Result>(ms: number, work: () => Promise<Result>): Promise<Result> =>
  deadlines.run(performance.now() + ms, work);

/** The time that is left to the work under way; without bounds where nobody set any. */
export const remainingMs = (): number => (deadlines.getStore() ?? Number.POSITIVE_INFINITY) - performance.now();
