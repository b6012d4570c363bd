import { type Figure, figure, paired, ratio } from "../bundle/statistics.ts";
import type { Sample } from "./measure.ts";

/** What was measured beside so many existing jobs, round by round. */
export interface Row {
  readonly existing: number;
  readonly samples: readonly Sample[];
}

/** How much more than the first row another may take. */
const aim = 0.5;

type Measure = keyof Sample;

const valuesOf = ({ samples }: Row, measure: Measure): readonly number[] => samples.map((sample) => sample[measure]);

/** Each round's value beside that of the first row in the same round. */
const ofFirst = ([first]: readonly Row[], row: Row, measure: Measure): Figure =>
  paired(valuesOf(row, measure), first ? valuesOf(first, measure) : [], ratio);

export const isFlat = (rows: readonly Row[], measure: Measure): boolean =>
  rows.every((row) => ofFirst(rows, row, measure).median <= 1 + aim);

const whole = (value: number): string => Math.round(value).toLocaleString("en");
const oneDigit = (value: number): string => value.toFixed(1);
const twoDigits = (value: number): string => value.toFixed(2);

const spread = ({ median, min, max }: Figure, format: (value: number) => string): string =>
  min === max ? format(median) : `${format(median)} (${format(min)}..${format(max)})`;

export const toSummary = (rows: readonly Row[]) =>
  rows.map((row) => {
    const of = (measure: Measure) => ({ ...figure(valuesOf(row, measure)), ofFirst: ofFirst(rows, row, measure) });
    return {
      existing: row.existing,
      cancelled: figure(valuesOf(row, "cancelled")),
      readUnits: of("readUnits"),
      writeUnits: of("writeUnits"),
      ms: of("ms"),
      tableMs: of("tableMs"),
    };
  });

export const render = (rows: readonly Row[], due: number, rounds: number): string => {
  const headings = ["existing", "due", "cancelled", "read units", "x", "write units", "time ms", "x", "table ms", "x"];
  const lines = toSummary(rows).map(({ existing, cancelled, readUnits, writeUnits, ms, tableMs }) => [
    whole(existing),
    whole(due),
    spread(cancelled, whole),
    spread(readUnits, oneDigit),
    twoDigits(readUnits.ofFirst.median),
    spread(writeUnits, oneDigit),
    spread(ms, whole),
    twoDigits(ms.ofFirst.median),
    spread(tableMs, whole),
    twoDigits(tableMs.ofFirst.median),
  ]);
  const widths = headings.map((heading, i) => Math.max(heading.length, ...lines.map((line) => line[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  const last = rows.at(-1);
  const verdict = (name: string, measure: Measure) =>
    `${name}: flat within ${aim * 100} % ${isFlat(rows, measure) ? "met" : "NOT MET"}`;
  const floor = last
    ? `; the table's own part is x ${twoDigits(ofFirst(rows, last, "tableMs").median)} in the last row`
    : "";
  return [
    `Median (min..max) of ${rounds} rounds, in which all tables take turns. x: beside the first row, taken within a round.`,
    [headings, ...lines].map(line).join("\n"),
    [verdict("read units", "readUnits"), verdict("write units", "writeUnits"), verdict("time", "ms") + floor].join(
      "\n",
    ),
    "Units are those that the table says it consumed. table ms: the same calls once more, without the function, 25 at once.\n" +
      "All existing jobs have the default lease of 300 s, and are alive as their heartbeats leave them, or have ended (a\n" +
      "fifth). Of the due jobs a third is found by a policy's scan, one in the index of due jobs as too old, and one there\n" +
      "as dead; the policies count the active jobs for their circuit breaker. Nothing is sent to queues and to the bus.",
  ].join("\n\n");
};
