import { expect, test } from "vitest";
import { invertedIndex, orderRows } from "../../../examples/workers/inverted-index.ts";
import { pageRank, randomGraph } from "../../../examples/workers/page-rank.ts";
import { reshard, toShard } from "../../../examples/workers/shards.ts";
import { aggregateSales, salesTable } from "../../../examples/workers/sql-aggregation.ts";
import { joinChunks, textChunks } from "../../../examples/workers/text-chunks.ts";
import { doWork, type Work } from "../../../examples/workers/work.ts";

/** All of it at once, with how often it paused. */
const whole = <Result>(work: Work<Result>): { result: Result; slices: number } => {
  for (let slices = 0; ; slices++) {
    const slice = work.next();
    if (slice.done) return { result: slice.value, slices };
  }
};

test("an inverted index finds the rows of each word, in order", () => {
  const rows = orderRows(2000, 1);
  const { result: index, slices } = whole(invertedIndex(rows));
  expect(slices).toBe(4);
  const paid = rows.flatMap((row, number) => (row.split(" ").includes("paid") ? [number] : []));
  expect(paid.length).toBeGreaterThan(100);
  expect(index.get("paid")).toEqual(paid);
});

test.each([
  { characters: 100, overlap: 20, length: 3000 },
  { characters: 100, overlap: 0, length: 2000 },
  { characters: 100, overlap: 99, length: 150 },
  { characters: 100, overlap: 20, length: 40 },
])("chunks of $characters characters with $overlap in common lose nothing of $length", ({ length, ...sizes }) => {
  const document = Array.from({ length }, (_, at) => String.fromCharCode(97 + ((at * 7) % 26))).join("");
  const { result: chunks } = whole(textChunks(document, sizes));
  expect(joinChunks(chunks, sizes)).toBe(document);
  expect(chunks.every(({ text }) => text.length > sizes.overlap || chunks.length === 1)).toBe(true);
  expect(Math.hypot(...(chunks[0]?.vector ?? []))).toBeCloseTo(1);
});

test("the ranks of all pages are 1 together, also with pages that point nowhere", () => {
  const graph = randomGraph(5000, 2);
  expect(graph.some((targets) => targets.length === 0)).toBe(true);
  const { result: ranks, slices } = whole(pageRank(graph, 10));
  expect(slices).toBe(20);
  expect(ranks.reduce((sum, rank) => sum + rank)).toBeCloseTo(1, 10);
});

test("a page that more pages point to has a higher rank", () => {
  const { result: ranks } = whole(pageRank([[1], [2], [1], [1, 2]], 50));
  expect([...ranks.keys()].sort((a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0)).slice(0, 2)).toEqual([1, 2]);
});

test("sales that are added up in batches are what one query gives", () => {
  const database = salesTable();
  const { result: totals } = whole(aggregateSales(database, 2500, 3));
  const query = "SELECT region, count(*) AS orders, sum(cents) AS cents FROM sales GROUP BY region ORDER BY region";
  expect(totals).toEqual(
    database
      .prepare(query)
      .all()
      .map((row) => ({ ...row })),
  );
  expect(totals.reduce((sum, { orders }) => sum + orders, 0)).toBe(2500);
  database.close();
});

test("every document is in its shard after a move, and none is lost", () => {
  const ids = Array.from({ length: 1000 }, (_, number) => `document-${number}`);
  const { result: shards } = whole(reshard([new Map(ids.map((id) => [id, id]))], 5));
  expect(shards.reduce((sum, shard) => sum + shard.size, 0)).toBe(1000);
  for (const [number, shard] of shards.entries()) for (const id of shard.keys()) expect(toShard(id, 5)).toBe(number);
});

test("work stops between two slices, and lets go of what it holds", async () => {
  const stop = new AbortController();
  const steps: string[] = [];
  function* endless(): Work<never> {
    try {
      for (;;) yield "a slice";
    } finally {
      steps.push("released");
    }
  }
  const onProgress = (progress: string) => {
    steps.push(progress);
    stop.abort();
  };
  const given = { signal: stop.signal, onProgress };
  await expect(doWork(endless(), given)).rejects.toMatchObject({ name: "AbortError" });
  expect(steps).toEqual(["a slice", "released"]);
});
