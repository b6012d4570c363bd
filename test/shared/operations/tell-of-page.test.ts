import { expect, test } from "vitest";
import { tellOfPage } from "../../../shared/operations/tell-of-page.ts";
import { StoreThrottled } from "../../../shared/ports/job-store.ts";
import { inProcessBundle } from "../../support/stack/bundle.ts";
import { aJob, now } from "../../support/stack/jobs.ts";
import { memoryStore } from "../../support/stores/memory-store.ts";

const told = (dueAt: number | undefined, isFirst = true) => {
  const bundle = inProcessBundle(memoryStore() as never);
  bundle.clock.time = now;
  const jobs = [aJob(dueAt === undefined ? {} : { dueAt })];
  const failures = [new StoreThrottled("slow down"), new Error("no answer")];
  tellOfPage(bundle.services, "cleanup", { jobs, unreadable: ["one", "two"], failures }, isFirst);
  return bundle;
};

test("what could not be read is named and counted, and throttling is told from outages", () => {
  const { recorded, logged } = told(now);
  const where = { where: "cleanup" };
  expect(recorded.measured).toEqual([
    { name: "Unreadable", value: 2, unit: "Count", dimensions: where, total: true },
    { name: "Throttled", value: 1, unit: "Count", dimensions: where, total: true },
  ]);
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([
    { uid: "one", queue: "cleanup" },
    { uid: "two", queue: "cleanup" },
    { queue: "cleanup", error: { name: "StoreThrottled" } },
    { queue: "cleanup", error: { message: "no answer" } },
  ]);
});

test.each<[number | undefined, boolean, readonly number[]]>([
  [now - 119_999, true, []],
  [now - 120_000, true, [120]],
  [now - 120_000, false, []],
  [undefined, true, []],
])("a queue whose oldest entry was due at %s is said to be behind: %s %j", (dueAt, isFirst, behind) => {
  const { recorded } = told(dueAt, isFirst);
  expect(recorded.measured.filter(({ name }) => name === "OldestDue").map(({ value }) => value)).toEqual(behind);
});
