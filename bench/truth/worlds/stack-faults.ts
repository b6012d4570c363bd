import { setTimeout as pause } from "node:timers/promises";
import { monotonicMs } from "../referee/effects.ts";
import type { PackagedStack } from "./packaged.ts";

export const stackFaults = ["functions killed", "table paused 5 s", "runner killed and started again"] as const;
export type StackFault = (typeof stackFaults)[number];

const tablePauseMs = 5_000;
const betweenMs = 3_000;

/** Does one thing after the other to a stack, for as long as jobs run on it. */
export const breakStack = (stack: PackagedStack) => {
  const done: { readonly name: StackFault; readonly from: number; readonly to: number }[] = [];
  const over = new AbortController();
  const doNext = (name: StackFault): Promise<void> => {
    if (name === "functions killed") return stack.killFunctions();
    if (name === "table paused 5 s") return stack.pauseTable(tablePauseMs);
    return stack.restart();
  };
  const loop = async (): Promise<void> => {
    for (let turn = 0; ; turn++) {
      await pause(betweenMs, undefined, { signal: over.signal }).catch(() => {});
      if (over.signal.aborted) return;
      const name = stackFaults[turn % stackFaults.length] ?? "functions killed";
      const from = monotonicMs();
      await doNext(name);
      done.push({ name, from, to: monotonicMs() });
    }
  };
  const running = loop();
  return {
    /** What happened to the stack while a job was there. */
    during: (from: number, to: number): readonly StackFault[] => [
      ...new Set(done.filter((each) => each.from < to && each.to > from).map(({ name }) => name)),
    ],
    async stop() {
      over.abort();
      await running;
    },
  };
};
