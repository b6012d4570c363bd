import { assurances } from "../../shared/domain/job.ts";
import { findFault } from "./faults/table.ts";
import type { Outcome, ReadingOutcome } from "./outcome.ts";
import { type LieClass, lieClasses } from "./referee/judge.ts";
import { toleranceMs } from "./referee/readings.ts";
import { percentile, proportion, proportionText, tallyBy } from "./statistics.ts";

/** What the numbers belong to. */
export interface Circumstances {
  readonly lines: readonly string[];
  /** What was to run and did not, with the reason. */
  readonly notRun: readonly string[];
}

/** The first reading at each level of each job: later ones that say the same again prove nothing more. */
const firstReadings = (outcomes: readonly Outcome[]): readonly ReadingOutcome[] =>
  outcomes.flatMap(({ readings }) =>
    readings.filter(({ says }, index) => readings.findIndex((each) => each.says === says) === index),
  );

export const render = (outcomes: readonly Outcome[], { lines, notRun }: Circumstances): string => {
  const readings = firstReadings(outcomes);
  return [
    ...lines,
    `Tolerance: ${toleranceMs} ms. A receipt counts from when the referee had read it.`,
    "",
    "What a receipt said, and what was true:",
    ...confusion(readings),
    "",
    "P(work gone | assurance), with the 95 % interval of Clopper and Pearson:",
    ...calibration(readings),
    "The same of jobs whose worker knows all of its work, and says the truth about it:",
    ...calibration(firstReadings(outcomes.filter(isOpen))),
    "",
    "Lag: from the last effect to the receipt that says that the work has ended, in ms of the real clock, in tiers B and C:",
    ...lags(outcomes),
    "",
    "Lies by class and assurance:",
    ...classes(outcomes),
    "",
    "Faults: jobs, how often each really happened, and the lies there:",
    ...faultRows(outcomes),
    "",
    ...broken(outcomes),
    "Not run:",
    ...notRun.map((line) => `  ${line}`),
  ].join("\n");
};

const isOpen = ({ plan }: Outcome): boolean => !plan.faults.some((name) => findFault(name).isHidden);

const table = (rows: readonly (readonly (string | number)[])[]): readonly string[] => {
  const widths = rows.reduce<number[]>((all, row) => {
    for (const [index, cell] of row.entries()) all[index] = Math.max(all[index] ?? 0, String(cell).length);
    return all;
  }, []);
  return rows.map((row) =>
    `  ${row.map((cell, index) => String(cell).padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd(),
  );
};

const confusion = (readings: readonly ReadingOutcome[]): readonly string[] => {
  const rows = [...new Set(readings.map(({ says }) => says))].sort().map((name) => {
    const of = readings.filter(({ says }) => says === name);
    return [name, of.length, of.filter(({ goesOn }) => !goesOn).length, of.filter(({ goesOn }) => goesOn).length];
  });
  return table([["receipt", "n", "work gone", "work goes on"], ...rows]);
};

const calibration = (readings: readonly ReadingOutcome[]): readonly string[] =>
  table(
    assurances.map((assurance) => {
      const of = readings.filter((reading) => reading.assurance === assurance && reading.saysEnded);
      const gone = of.filter(({ goesOn }) => !goesOn).length;
      if (assurance === "contradicted") return [assurance, "says of no end"];
      return [
        assurance,
        of.length === 0
          ? "no receipt said that: nothing is known about it"
          : proportionText(proportion(gone, of.length)),
      ];
    }),
  );

const lags = (outcomes: readonly Outcome[]): readonly string[] => {
  const readings = firstReadings(outcomes.filter(({ plan }) => plan.tier !== "A")).filter(
    (reading) => reading.saysEnded,
  );
  if (readings.length === 0) return ["  no job ran by the real clock"];
  const rows = assurances.flatMap((assurance) => {
    const values = readings.filter((reading) => reading.assurance === assurance).map(({ lagMs }) => lagMs);
    const at = (share: number) => percentile(values, share);
    return values.length === 0 ? [] : [[assurance, values.length, at(0.5), at(0.99), Math.min(...values)]];
  });
  return table([["assurance", "n", "p50", "p99", "least"], ...rows]);
};

export const lieCount = (outcomes: readonly Outcome[], kind: LieClass, assurance?: string): number =>
  outcomes
    .flatMap(({ lies }) => lies)
    .filter((lie) => lie.class === kind && (assurance === undefined || lie.assurance === assurance)).length;

const classes = (outcomes: readonly Outcome[]): readonly string[] => {
  const rows = (Object.keys(lieClasses) as LieClass[]).map((kind) => [
    kind,
    ...assurances.map((assurance) => lieCount(outcomes, kind, assurance)),
    lieCount(outcomes, kind),
    lieClasses[kind],
  ]);
  return table([["class", ...assurances, "all", ""], ...rows]);
};

const faultRows = (outcomes: readonly Outcome[]): readonly string[] => {
  const row = (name: string, of: readonly Outcome[], happened: number) => {
    const lies = tallyBy(
      of.flatMap((each) => each.lies),
      (lie) => `${lie.class}@${lie.assurance ?? "-"}`,
    );
    const text = [...lies].sort().map(([kind, count]) => `${kind} ${count}`);
    return [name, of.length, happened, of.filter((each) => each.wasCancelled).length, text.join(", ")];
  };
  const names = [...new Set(outcomes.flatMap(({ plan }) => plan.faults))].sort();
  const stack = [...new Set(outcomes.flatMap((each) => each.stack))].sort();
  return table([
    ["fault", "jobs", "happened", "with a receipt", "lies"],
    ...names.map((name) => {
      const of = outcomes.filter(({ plan }) => plan.faults.includes(name));
      return row(name, of, of.filter(({ fired }) => fired.includes(name)).length);
    }),
    ...stack.map((name) => {
      const of = outcomes.filter((each) => each.stack.includes(name));
      return row(`stack: ${name}`, of, of.length);
    }),
  ]);
};

/** Jobs that the campaign could not bring to their end prove nothing; they are named. */
const broken = (outcomes: readonly Outcome[]): readonly string[] => {
  const of = outcomes.filter((outcome) => outcome.broken !== undefined);
  if (of.length === 0) return [];
  const reasons = tallyBy(of, ({ plan, broken = "" }) => `${plan.faults.join(" and ")}: ${broken}`);
  return [
    `${of.length} jobs were broken off by the campaign:`,
    ...[...reasons].map(([why, n]) => `  ${n} × ${why}`),
    "",
  ];
};
