import type { Deadline } from "../concurrency/deadline.ts";

interface Kept<Value> {
  readonly value: Promise<Value>;
  readonly until: number;
}

interface KeepFresh<Value> {
  readonly read: (deadline: Deadline) => Promise<Value>;
  readonly now: () => number;
  /** A withdrawn key stops working within this time. */
  readonly keepMs: number;
  readonly retryMs: number;
  readonly onStale: (cause: unknown) => void;
}

/** Reads anew what is too old. While that fails, what was read last stays in force, and `onStale` is told why. */
export const keepFresh = <Value>({ read, now, keepMs, retryMs, onStale }: KeepFresh<Value>) => {
  let kept: Kept<Value> | undefined;
  const readAnew = async (deadline: Deadline, last: Promise<Value> | undefined): Promise<Value> => {
    try {
      return await read(deadline);
    } catch (cause) {
      if (last === undefined) throw cause;
      const value = await last;
      onStale(cause);
      if (kept) kept = { ...kept, until: now() + retryMs };
      return value;
    }
  };
  return (deadline: Deadline): Promise<Value> => {
    if (kept === undefined || kept.until <= now()) {
      const value = readAnew(deadline, kept?.value);
      kept = { value, until: now() + keepMs };
      value.catch(() => (kept = undefined));
    }
    return kept.value;
  };
};
