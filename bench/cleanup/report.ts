import type { Figure } from "../bundle/statistics.ts";
import type { Row } from "./measure.ts";

/** By how much a row may exceed the first one. */
export const aim = 0.2;

type Value = (row: Row) => number;

export const isFlat = (rows: readonly Row[], value: Value): boolean =>
  rows.every((row) => ofFirst(rows, row, value) <= 1 + aim);

const ofFirst = ([first]: readonly Row[], row: Row, value: Value): number => (first ? value(row) / value(first) : 1);

const readUnits: Value = (row) => row.readUnits.median;
const ms: Value = (row) => row.ms.median;

const whole = (value: number): string => Math.round(value).toLocaleString("en");
const spread = ({ median, min, max }: Figure, format: (value: number) => string): string =>
  min === max ? format(median) : `${format(median)} (${format(min)}..${format(max)})`;
const oneDigit = (value: number): string => value.toFixed(1);

export const render = (rows: readonly Row[], runs: number): string => {
  const headings = ["existing", "due", "cancelled", "read units", "x first", "write units", "time ms", "x first"];
  const lines = rows.map((row) => [
    whole(row.existing),
    whole(row.due),
    spread(row.cancelled, whole),
    spread(row.readUnits, oneDigit),
    ofFirst(rows, row, readUnits).toFixed(2),
    spread(row.writeUnits, oneDigit),
    spread(row.ms, whole),
    ofFirst(rows, row, ms).toFixed(2),
  ]);
  const widths = headings.map((heading, i) => Math.max(heading.length, ...lines.map((line) => line[i]?.length ?? 0)));
  const verdict = (name: string, value: Value) =>
    `${name}: flat within ${aim * 100} % ${isFlat(rows, value) ? "met" : "NOT MET"}`;
  return [
    `Median (min..max) of ${runs} clean-up runs, each with fresh due jobs, on one table that grows from row to row.`,
    [headings, ...lines].map((line) => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")).join("\n"),
    `${verdict("read units", readUnits)}\n${verdict("time", ms)}`,
    "Read units are those that the table says it consumed. Of the due jobs one half is found by a policy's walk, the other\n" +
      "in the index of due jobs. None of the existing ones comes due: what live jobs cost that do is not in here.\n" +
      "Nothing is sent to queues and to the event bus.",
  ].join("\n\n");
};
