import { parseArgs } from "node:util";
import { type Figure, figure, paired, ratio } from "../bundle/statistics.ts";
import { type Subject, subjects } from "./subjects.ts";

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "21" }, json: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
const callsPerRound = 5000;

/** A verification may take as long as three bare HMACs. */
const aim = 1 / 3;

interface Row {
  readonly scheme: string;
  readonly bytes: number;
  readonly verifiedPerSecond: Figure;
  readonly barePerSecond: Figure;
  readonly ofBare: Figure;
}

const perSecond = (call: () => void): number => {
  const started = process.hrtime.bigint();
  for (let i = 0; i < callsPerRound; i++) call();
  return (callsPerRound * 1e9) / Number(process.hrtime.bigint() - started);
};

/** All schemes take turns, each beside its bare HMAC, and whichever of the two comes first alternates. */
const measure = (all: readonly Subject[]): readonly Row[] => {
  const samples = all.map((subject) => ({ subject, verified: [] as number[], bare: [] as number[] }));
  for (let round = -2; round < rounds; round++) {
    for (const { subject, verified, bare } of samples) {
      const verifyFirst = round % 2 === 0;
      const early = verifyFirst ? perSecond(subject.verify) : perSecond(subject.bare);
      const late = verifyFirst ? perSecond(subject.bare) : perSecond(subject.verify);
      // The first rounds warm up.
      if (round < 0) continue;
      verified.push(verifyFirst ? early : late);
      bare.push(verifyFirst ? late : early);
    }
  }
  return samples.map(({ subject: { name, bytes }, verified, bare }) => ({
    scheme: name,
    bytes,
    verifiedPerSecond: figure(verified),
    barePerSecond: figure(bare),
    ofBare: paired(verified, bare, ratio),
  }));
};

const spread = ({ median, min, max }: Figure, format: (value: number) => string): string =>
  `${format(median)} (${format(min)}..${format(max)})`;

const whole = (value: number): string => Math.round(value).toLocaleString("en");

const render = (rows: readonly Row[]): string => {
  const headings = ["scheme", "verified/s", "bare HMAC/s", "bytes", "verified : bare", `>= ${aim.toFixed(2)}`];
  const lines = rows.map(({ scheme, bytes, verifiedPerSecond, barePerSecond, ofBare }) => [
    scheme,
    spread(verifiedPerSecond, whole),
    spread(barePerSecond, whole),
    String(bytes),
    spread(ofBare, (value) => value.toFixed(2)),
    ofBare.median >= aim ? "met" : "NOT MET",
  ]);
  const widths = headings.map((heading, i) => Math.max(heading.length, ...lines.map((line) => line[i]?.length ?? 0)));
  return [headings, ...lines].map((line) => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")).join("\n");
};

const rows = measure(subjects());
console.log(
  values.json
    ? JSON.stringify({ rounds, callsPerRound, rows }, undefined, 2)
    : [
        `Median (min..max) of ${rounds} rounds of ${callsPerRound} calls, in one process, in turn. Ratios are taken within a round.`,
        render(rows),
        "verified: identify() on the request of a published SDK, from its headers and parameters to a principal.\n" +
          "bare: createHmac(hash of the scheme, secret as text).update(bytes).digest(), where bytes are the canonical\n" +
          "request and the string to sign one after the other, already made (version 1 has the string to sign alone).",
      ].join("\n\n"),
);
