/** How many of how many, and between which shares the true one lies with 95 % (Clopper–Pearson). */
export interface Proportion {
  readonly hits: number;
  readonly of: number;
  readonly low: number;
  readonly high: number;
}

export const proportion = (hits: number, of: number, confidence = 0.95): Proportion => {
  const tail = (1 - confidence) / 2;
  return {
    hits,
    of,
    low: hits === 0 ? 0 : bisect((p) => 1 - binomialBelow(hits, of, p) > tail),
    high: hits === of ? 1 : bisect((p) => binomialBelow(hits + 1, of, p) <= tail),
  };
};

/** The smallest share at which something becomes true that stays true above. */
const bisect = (isAbove: (share: number) => boolean): number => {
  let [low, high] = [0, 1];
  for (let turn = 0; turn < 60; turn++) {
    const middle = (low + high) / 2;
    if (isAbove(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
};

/** The probability of fewer than `hits` of `of`, by logarithms: the terms of ten thousand trials are tiny. */
const binomialBelow = (hits: number, of: number, share: number): number => {
  if (share <= 0) return hits > 0 ? 1 : 0;
  if (share >= 1) return hits > of ? 1 : 0;
  let sum = 0;
  let choose = 0;
  for (let k = 0; k < hits; k++) {
    sum += Math.exp(choose + k * Math.log(share) + (of - k) * Math.log1p(-share));
    choose += Math.log(of - k) - Math.log(k + 1);
  }
  return Math.min(1, sum);
};

/** The value that so large a share of all values does not exceed; NaN of none. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};

export const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.01 ? 3 : 2)} %`;

export const proportionText = ({ hits, of, low, high }: Proportion): string =>
  of === 0 ? "–" : `${hits}/${of} = ${percent(hits / of)} (${percent(low)} to ${percent(high)})`;

export const tallyBy = <Item>(items: readonly Item[], nameOf: (item: Item) => string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return counts;
};
