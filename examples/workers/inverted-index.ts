import { randomFrom } from "./random.ts";
import type { Work } from "./work.ts";

/** For each word, the rows that it is in, in ascending order. */
export type InvertedIndex = ReadonlyMap<string, readonly number[]>;

const rowsInSlice = 500;
const words = "order customer express return gift invoice paid pending north south east west red green blue".split(" ");

/** Rows as a table of orders may have them: a few words each. */
export const orderRows = (count: number, seed: number): readonly string[] => {
  const random = randomFrom(seed);
  const word = () => words[Math.floor(random() * words.length)];
  return Array.from({ length: count }, () => `${word()} ${word()} ${word()} item-${Math.floor(random() * 2000)}`);
};

export function* invertedIndex(rows: readonly string[]): Work<InvertedIndex> {
  const index = new Map<string, number[]>();
  for (const [number, row] of rows.entries()) {
    for (const word of new Set(row.split(" "))) {
      const found = index.get(word);
      if (found) found.push(number);
      else index.set(word, [number]);
    }
    if ((number + 1) % rowsInSlice === 0) yield `indexed ${number + 1} of ${rows.length} rows, ${index.size} words`;
  }
  return index;
}
