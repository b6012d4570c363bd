/** Waits until all of it is settled, but no longer than that. */
export const settleWithin = async (graceMs: number, work: Iterable<Promise<unknown>>): Promise<void> => {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, graceMs);
  await Promise.race([Promise.allSettled(work), over.promise]);
  clearTimeout(timer);
};
