import { describe, expect, test } from "vitest";
import { mapAtMost } from "../../../shared/concurrency/map-at-most.ts";

/** Work that is done when the test says so. */
const gates = () => {
  const open = new Map<string, () => void>();
  const started: string[] = [];
  const work = (item: string) => {
    started.push(item);
    return new Promise<string>((resolve) => open.set(item, () => resolve(item.toUpperCase())));
  };
  const finish = async (item: string) => {
    open.get(item)?.();
    // What waits for it goes on after a few turns of its promises.
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  return { work, started, finish };
};

describe("mapAtMost", () => {
  test("works on so many at once and begins the next as soon as one is done", async () => {
    const { work, started, finish } = gates();
    const results = mapAtMost(2, ["a", "b", "c", "d"], work);
    expect(started).toEqual(["a", "b"]);
    await finish("b");
    expect(started).toEqual(["a", "b", "c"]);
    await finish("c");
    expect(started).toEqual(["a", "b", "c", "d"]);
    await finish("d");
    await finish("a");
    expect(await results).toEqual(["A", "B", "C", "D"]);
  });

  test("gives as many results as there are items, however few or many at once", async () => {
    for (const limit of [1, 3, 25])
      for (const count of [0, 1, 3, 4, 60]) {
        const items = Array.from({ length: count }, (_, i) => i);
        expect(await mapAtMost(limit, items, async (item) => item * 2)).toEqual(items.map((item) => item * 2));
      }
  });

  test("works on each item once, undefined ones too", async () => {
    const seen: unknown[] = [];
    const results = await mapAtMost(4, [undefined, 1, undefined], async (item) => void seen.push(item));
    expect(seen).toHaveLength(3);
    expect(results).toEqual([undefined, undefined, undefined]);
  });

  test("fails with the first that fails, and begins no more in its turn", async () => {
    const begun: number[] = [];
    const work = async (item: number) => {
      begun.push(item);
      if (item === 2) throw new Error("two");
    };
    await expect(mapAtMost(1, [1, 2, 3], work)).rejects.toThrow("two");
    expect(begun).toEqual([1, 2]);
  });
});
