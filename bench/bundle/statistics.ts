/** The middle of a series and its extremes; the machine is noisy, so a mean would follow the outliers. */
export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function figure(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return { median: (lower + upper) / 2, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** Combines two series round by round: both values of a pair were taken within the same few seconds. */
export function paired(
  left: readonly number[],
  right: readonly number[],
  combine: (left: number, right: number) => number,
): Figure {
  return figure(left.map((value, round) => combine(value, right[round] ?? Number.NaN)));
}

export const difference = (left: number, right: number) => left - right;
export const ratio = (left: number, right: number) => left / right;
