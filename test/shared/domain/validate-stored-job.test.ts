import { expect, test } from "vitest";
import type { Job } from "../../../shared/domain/job.ts";
import { isValidJob } from "../../../shared/domain/validate-stored-job.ts";
import { aJob, now } from "../../support/stack/jobs.ts";
import { stopping } from "./stopping-jobs.ts";

// What is taken from an item of the table, or mangled there, is in adapters/dynamodb/mutilated-items.test.ts.

test.each<[string, Job]>([
  ["waits", aJob({ state: "queued" })],
  ["runs", aJob()],
  ["has all that a job can have", aJob({ maxRuntimeSeconds: 1, labels: { team: "etl" }, account: "1" })],
  ["is being stopped", stopping({}, { outbox: ["requested"] }).job],
  ["has ended", aJob({ state: "failed", endedAt: now })],
])("a job that %s is valid", (_, job) => {
  expect(isValidJob(job, ["worker"])).toBe(true);
});

test.each<Partial<Job>>([
  { dueAt: Number.NaN },
  { startedAt: Number.NaN },
  { maxRuntimeSeconds: Number.POSITIVE_INFINITY },
  { heartbeatAt: Number.NEGATIVE_INFINITY },
  { state: "stopping" },
])("a job is not valid with %o", (given) => {
  expect(isValidJob({ ...aJob(), ...given }, ["worker"])).toBe(false);
});

// What is in the table need not be what the type promises: a member can be missing, or be something else.
const runningJob = aJob();
const text = "soon";

test.each<[string, unknown]>([
  ...["uid", "service", "owner", "jobId", "jobType", "state", "backend", "labels"].map((name): [string, unknown] => [
    name,
    undefined,
  ]),
  ...["registeredAt", "heartbeatAt", "heartbeatTimeoutSeconds", "graceSeconds"].map((name): [string, unknown] => [
    name,
    undefined,
  ]),
  ["uid", 1],
  ["jobType", null],
  ["state", text],
  ["backend", null],
  ["backend", {}],
  ["backend", { kind: text }],
  ["labels", null],
  ["labels", text],
  ["heartbeatAt", text],
  ["startedAt", text],
  ["maxRuntimeSeconds", text],
  ["dueAt", text],
  ["outbox", 1],
])("a job is not valid whose %s is %o", (name, value) => {
  expect(isValidJob({ ...runningJob, [name]: value }, ["worker"])).toBe(false);
});
