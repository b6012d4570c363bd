import { type Figure, figure, paired, ratio } from "../bundle/statistics.ts";
import type { ColdSample } from "./measure.ts";

export interface ColdRow extends Readonly<Record<keyof ColdSample, Figure>> {
  readonly name: string;
  /** Both beside the bare handler of the same round. */
  readonly initRatio: Figure;
  readonly firstReplyRatio: Figure;
}

export interface ColdReport {
  readonly runtimeClient: string;
  readonly node: string;
  readonly rounds: number;
  /** The bare handler is the first, the deployed function the second. */
  readonly rows: readonly ColdRow[];
}

const bars = { initRatio: 1.4, firstReplyRatio: 1.5, cpuAfterInitMs: 10 } as const;

export const summarize = (samples: ReadonlyMap<string, readonly ColdSample[]>): ColdRow[] => {
  const [bare = []] = samples.values();
  return [...samples].map(([name, own]) => {
    const of = (member: keyof ColdSample, series = own) => series.map((sample) => sample[member]);
    const besideBare = (member: keyof ColdSample) => paired(of(member), of(member, bare), ratio);
    return {
      name,
      initMs: figure(of("initMs")),
      initCpuMs: figure(of("initCpuMs")),
      firstReplyMs: figure(of("firstReplyMs")),
      cpuAfterInitMs: figure(of("cpuAfterInitMs")),
      memoryMb: figure(of("memoryMb")),
      warmMs: figure(of("warmMs")),
      warmCpuMs: figure(of("warmCpuMs")),
      initRatio: besideBare("initMs"),
      firstReplyRatio: besideBare("firstReplyMs"),
    };
  });
};

const columns: readonly (readonly [heading: string, member: Exclude<keyof ColdRow, "name">, digits: number])[] = [
  ["init ms", "initMs", 1],
  ["x bare", "initRatio", 2],
  ["first reply ms", "firstReplyMs", 1],
  ["x bare", "firstReplyRatio", 2],
  ["init CPU ms", "initCpuMs", 1],
  ["CPU after init ms", "cpuAfterInitMs", 1],
  ["memory MB", "memoryMb", 0],
  ["warm p50 ms", "warmMs", 2],
  ["warm CPU ms", "warmCpuMs", 2],
];

export const render = ({ runtimeClient, node, rounds, rows }: ColdReport): string => {
  const lines = [
    ["handler", ...columns.map(([heading]) => heading)],
    ...rows.map((row) => [row.name, ...columns.map(([, member, digits]) => spread(row[member], digits))]),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index + 1]?.length ?? 0)));
  const nameWidth = Math.max(...lines.map(([name = ""]) => name.length));
  const table = lines.map(([name = "", ...cells]) =>
    [name.padEnd(nameWidth), ...cells.map((cell, index) => cell.padStart(widths[index] ?? 0))].join("  "),
  );
  return [
    `Runtime client: ${runtimeClient}; Node ${node}. Median (min..max) of ${rounds} rounds, in turn, a fresh process each; ratios are taken within a round.`,
    table.join("\n"),
    ...verdicts(rows),
    "Times are from the start of the process; Lambda's own start of a sandbox is not in them. A cancel here is one conditional write and one message,\n" +
      "over plain HTTP to the embedded servers: a handshake of TLS is not in them either. The vendors' cores send one signed request.",
  ].join("\n\n");
};

const verdicts = ([, deployed]: readonly ColdRow[]): string[] =>
  deployed === undefined
    ? []
    : [
        Object.entries(bars)
          .map(([member, bar]) => {
            const { median } = deployed[member as keyof typeof bars];
            return `${deployed.name}: ${member} ${median.toFixed(2)}, at most ${bar}: ${median <= bar ? "met" : "NOT MET"}`;
          })
          .join("\n"),
      ];

const spread = ({ median, min, max }: Figure, digits: number): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}..${max.toFixed(digits)})`;
