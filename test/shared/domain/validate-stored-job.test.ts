import { expect, test } from "vitest";
import type { Job } from "../../../shared/domain/job.ts";
import { isValidJob } from "../../../shared/domain/validate-stored-job.ts";
import { aJob, now } from "../../support/stack/jobs.ts";
import { stopping } from "./stopping-jobs.ts";

// What is taken from an item of the table, or mangled there, is in test/contracts/mutilated-items.test.ts.

test.each<[string, Job]>([
  ["waits", aJob({ state: "queued" })],
  ["runs", aJob()],
  ["has all that a job can have", aJob({ maxRuntimeSeconds: 1, labels: { team: "etl" }, account: "1" })],
  ["is being stopped", stopping({}, { outbox: ["requested"] }).job],
  ["has ended", aJob({ state: "failed", endedAt: now })],
])("a job that %s is whole", (_, job) => {
  expect(isValidJob(job, ["worker"])).toBe(true);
});

test.each<Partial<Job>>([
  { dueAt: Number.NaN },
  { startedAt: Number.NaN },
  { maxRuntimeSeconds: Number.POSITIVE_INFINITY },
  { heartbeatAt: Number.NEGATIVE_INFINITY },
  { state: "stopping" },
])("a job is not whole with %o", (given) => {
  expect(isValidJob({ ...aJob(), ...given }, ["worker"])).toBe(false);
});
