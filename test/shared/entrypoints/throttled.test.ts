import { expect, test } from "vitest";
import { StoreThrottled } from "../../../shared/ports/job-store.ts";
import { inProcessBundle } from "../../support/stack/bundle.ts";
import { aJob } from "../../support/stack/jobs.ts";
import { memoryStore } from "../../support/stores/memory-store.ts";

test("a request that the table throttles is counted, for the alarm on all of them too", async () => {
  const store = memoryStore();
  const ownership = () => Promise.reject(new StoreThrottled("slow down"));
  const { send, recorded } = inProcessBundle({ ...store, jobs: { ...store.jobs, ownership } } as never);
  const { status } = await send("GET", `/jobs/${aJob().uid}`, { headers: { authorization: "Bearer ops-token" } });
  expect(status).toBe(429);
  const throttled = { name: "Throttled", value: 1, unit: "Count", dimensions: { where: "http" }, total: true };
  expect(recorded.measured).toEqual([throttled]);
});
