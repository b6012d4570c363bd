import { readFileSync } from "node:fs";
import { uptime } from "node:os";

/** What one process of the work did, and when by the machine's monotonic clock in milliseconds. */
export interface Effect {
  readonly incarnation: number;
  /** Which part of the work, e.g. `m12`; the letter names the lane. */
  readonly part: string;
  readonly at: number;
}

export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Shells read the uptime, which differs from the monotonic clock by the time for which the machine was suspended. */
const uptimeAheadMs = (() => {
  const ahead = uptime() * 1000 - monotonicMs();
  return Math.abs(ahead) < 100 ? 0 : ahead;
})();

/** Reads the lines `jobId incarnation part t` of one job. `t` is in seconds, or in seconds of uptime with a `u` behind. */
export const readEffects = (file: string, jobId: string): readonly Effect[] =>
  readIfThere(file)
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([job, , , t]) => job === jobId && t !== undefined)
    .map(([, incarnation, part = "", t = ""]) => ({
      incarnation: Number(incarnation),
      part,
      at: Number.parseFloat(t) * 1000 - (t.endsWith("u") ? uptimeAheadMs : 0),
    }));

const readIfThere = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};
