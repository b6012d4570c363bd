import { expect, test } from "vitest";
import { asOf, fencedFrom, presumedStoppedAt } from "../../../shared/domain/expiry.ts";
import { aJob, aStoppingJob, now } from "../../support/stack/jobs.ts";

test("a job whose worker lost its lease is shown as ended when it did, though nobody has written that", () => {
  const job = aStoppingJob(now);
  expect(asOf(job, fencedFrom(job) - 1)).toBe(job);
  const ended = { ...job, state: "cancelled", endedAt: presumedStoppedAt(job) };
  expect(asOf(job, fencedFrom(job))).toEqual(ended);
  expect(asOf(job, fencedFrom(job) + 3_600_000)).toEqual(ended);
});

test("any other job is shown as it is", () => {
  const job = aJob();
  expect(asOf(job, now + 86_400_000)).toBe(job);
});
