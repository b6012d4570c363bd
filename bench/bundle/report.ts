import { aims, type ChoiceRow, type HandlerRow } from "./compare.ts";
import type { Figure } from "./statistics.ts";

export interface Report {
  readonly rounds: number;
  readonly functions: readonly HandlerRow[];
  readonly vendors: readonly HandlerRow[];
  readonly choices: readonly { readonly title: string; readonly rows: readonly ChoiceRow[] }[];
}

type Column<Row> = readonly [heading: string, cell: (row: Row) => string];

const number = (value: number) => value.toFixed(Math.abs(value) < 100 ? 1 : 0);
const ratio = (value: number) => value.toFixed(value < 10 ? 2 : 0);

const spread = ({ median, min, max }: Figure, format = number) =>
  Number.isNaN(median) ? "-" : `${format(median)} (${format(min)}..${format(max)})`;

const met = (isMet: boolean) => (isMet ? "met" : "NOT MET");

const sizes: Column<HandlerRow> = ["zip KiB", ({ zippedKiB }) => number(zippedKiB)];
const imports: Column<HandlerRow> = ["import over bare ms", ({ overBareMs }) => spread(overBareMs)];

const functionColumns = (rivals: readonly string[]): Column<HandlerRow>[] => [
  ["deployed function", ({ name }) => name],
  sizes,
  [`<= ${aims.zippedKiB}`, ({ zippedKiB }) => met(zippedKiB <= aims.zippedKiB)],
  imports,
  [`<= ${aims.overBareMs}`, ({ overBareMs }) => met(overBareMs.median <= aims.overBareMs)],
  ...rivals.map(
    (rival): Column<HandlerRow> => [
      `${rival} takes x, >= ${aims.fasterThanVendor}`,
      ({ fasterThan: { [rival]: times } }) =>
        times ? `${spread(times, ratio)} ${met(times.median >= aims.fasterThanVendor)}` : "-",
    ],
  ),
];

const vendorColumns: Column<HandlerRow>[] = [["vendor handler", ({ name }) => name], sizes, imports];

const choiceColumns = (title: string, reference = ""): Column<ChoiceRow>[] => [
  [title, ({ name }) => name],
  ["zip KiB", ({ zippedKiB }) => number(zippedKiB)],
  ["import over bare ms", ({ overBareMs }) => spread(overBareMs)],
  ["first call ms", ({ firstMs }) => spread(firstMs)],
  ["second ms", ({ secondMs }) => spread(secondMs)],
  ["warm CPU us", ({ cpuMicroseconds }) => spread(cpuMicroseconds)],
  [`start x ${reference}`, ({ startRatio }) => spread(startRatio, ratio)],
  [`CPU x ${reference}`, ({ cpuRatio }) => spread(cpuRatio, ratio)],
];

/** Lays the rows out under their headings, without the columns in which nothing was measured. */
function table<Row>(allColumns: readonly Column<Row>[], rows: readonly Row[]): string {
  const columns = allColumns.filter(([, cell]) => rows.some((row) => cell(row) !== "-"));
  const lines = [columns.map(([heading]) => heading), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Renders the tables. Times depend on the machine; the ratios, taken within a round, do not. */
export function render({ rounds, functions, vendors, choices }: Report): string {
  const rivals = Object.keys(functions[0]?.fasterThan ?? {});
  return [
    `Median (min..max) of ${rounds} rounds, a fresh process per sample, differences and ratios taken within a round.`,
    table(functionColumns(rivals), functions),
    table(vendorColumns, vendors),
    ...choices.map(({ title, rows }) => table(choiceColumns(title, rows[0]?.name), rows)),
    '"start" is the import and the first call together. Requests to DynamoDB go over plain HTTP to a local server.',
  ].join("\n\n");
}
