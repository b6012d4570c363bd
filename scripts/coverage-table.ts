/** What istanbul's json-summary has for each file, by its absolute path, and for all files as `total`. */
export type CoverageSummary = Readonly<Record<string, Readonly<Record<Measure, Count>>>>;

const measures = ["lines", "branches"] as const;
type Measure = (typeof measures)[number];
interface Count {
  readonly total: number;
  readonly covered: number;
}

/**
 * Coverage by folder, one line each. What runs in processes of its own, the handlers and the runner's entry among them,
 * is tested from end to end and not seen here.
 */
export const coverageTable = (summary: CoverageSummary, root: string): string => {
  const folders = new Map<string, Record<Measure, { total: number; covered: number }>>();
  for (const [file, counts] of Object.entries(summary)) {
    if (file === "total") continue;
    const folder = file
      .slice(root.length + 1)
      .split("/")
      .slice(0, -1)
      .slice(0, 2)
      .join("/");
    const sums = folders.get(folder) ?? { lines: { total: 0, covered: 0 }, branches: { total: 0, covered: 0 } };
    folders.set(folder, sums);
    for (const measure of measures) {
      sums[measure].total += counts[measure].total;
      sums[measure].covered += counts[measure].covered;
    }
  }
  const rows = [...folders]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, sums]) => row(folder, ...measures.map((measure) => percent(sums[measure]))));
  return [row("folder", ...measures), ...rows].join("\n");
};

const percent = ({ total, covered }: Count): string => (total === 0 ? "–" : `${Math.round((100 * covered) / total)} %`);

const row = (folder: string, ...cells: readonly string[]): string =>
  folder.padEnd(40) + cells.map((cell) => cell.padStart(10)).join("");
