/**
 * Moves the clocks of this process: both that measure by as much as the product's clock was moved since it started, and
 * the time of day by as much as its machine is said to be wrong.
 */
import { readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";

const { CLOCK_FILE = "", CLOCK_AHEAD_MS = "0" } = process.env;

const readMs = (): number => (CLOCK_FILE === "" ? 0 : Number(readFileSync(CLOCK_FILE, "utf8")));

const first = readMs();
let moved = 0;
/** A file that is just being written is empty. */
const movedMs = (): number => {
  moved = Math.max(moved, readMs() - first);
  return moved;
};

const { uptime } = os;
const now = performance.now.bind(performance);
const timeOfDay = Date.now;
performance.now = () => now() + movedMs();
os.uptime = () => uptime() + movedMs() / 1000;
Date.now = () => timeOfDay() + Number(CLOCK_AHEAD_MS);
syncBuiltinESMExports();
