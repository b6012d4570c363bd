import { expect, test } from "vitest";
import { noDeadline } from "../../../shared/concurrency/deadline.ts";
import { keepFresh } from "../../../shared/config/keep-fresh.ts";

/** A source that gives `answer`, or fails where that is an error. */
const aSource = () => {
  const source = { answer: "first" as string | Error, reads: 0, time: 0, told: [] as unknown[] };
  const fresh = keepFresh({
    read: async () => {
      source.reads += 1;
      if (source.answer instanceof Error) throw source.answer;
      return source.answer;
    },
    now: () => source.time,
    keepMs: 60_000,
    retryMs: 10_000,
    onStale: (cause) => source.told.push(cause),
  });
  return { source, get: () => fresh(noDeadline) };
};

test("what was read is kept for its time, and read once by all who ask at that moment", async () => {
  const { source, get } = aSource();
  expect(await Promise.all([get(), get()])).toEqual(["first", "first"]);
  source.answer = "second";
  source.time = 59_999;
  expect(await get()).toBe("first");
  source.time = 60_000;
  expect(await Promise.all([get(), get()])).toEqual(["second", "second"]);
  expect(source.reads).toBe(2);
});

test("the last good one stays in force while it cannot be read anew, is asked for every 10 s, and each failure is told", async () => {
  const { source, get } = aSource();
  await get();
  const broken = new Error("broken");
  source.answer = broken;
  source.time = 60_000;
  expect(await Promise.all([get(), get()])).toEqual(["first", "first"]);
  expect(source.told).toEqual([broken]);
  source.time = 69_999;
  expect(await get()).toBe("first");
  expect(source.reads).toBe(2);
  source.time = 70_000;
  expect(await get()).toBe("first");
  expect(source.told).toEqual([broken, broken]);
  source.answer = "mended";
  source.time = 80_000;
  expect(await get()).toBe("mended");
});

test("without a good one every request tries again", async () => {
  const { source, get } = aSource();
  source.answer = new Error("broken");
  await expect(get()).rejects.toThrow("broken");
  source.answer = "mended";
  expect(await get()).toBe("mended");
  expect(source.told).toEqual([]);
});
