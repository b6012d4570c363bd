import { describe, expect, test } from "vitest";
import { isForeign, type JobState } from "../../../shared/domain/job.ts";
import { type CancelTerms, isLater, mayCancel } from "../../../shared/domain/may-cancel.ts";
import { aJob, now } from "../../support/stack/jobs.ts";

const terms: CancelTerms = { rules: { states: ["queued", "running"], jobTypes: ["QUERY"], residue: [] } };
const running = aJob();

describe("a job of a kind that may be cancelled", () => {
  test.each<[JobState, string, string]>([
    ["queued", "accepted", "accepted"],
    ["running", "accepted", "too-late"],
    ["stopping", "accepted", "accepted"],
    ["succeeded", "too-late", "too-late"],
    ["failed", "too-late", "too-late"],
    ["cancelled", "too-late", "too-late"],
  ])("that is %s: %s; where only queued ones may be: %s", (state, outcome, outcomeOfQueuedOnly) => {
    const queuedOnly: CancelTerms = { rules: { ...terms.rules, states: ["queued"] } };
    expect(mayCancel(aJob({ state }), terms)).toBe(outcome);
    expect(mayCancel(aJob({ state }), queuedOnly)).toBe(outcomeOfQueuedOnly);
  });

  test("is told from one of another type before its state is looked at", () => {
    expect(mayCancel(aJob({ jobType: "LOAD", state: "failed" }), terms)).toBe("unsupported-type");
  });

  test("of any type, where a service limits none", () => {
    const { jobTypes: _, ...rules } = terms.rules;
    expect(mayCancel(aJob({ jobType: "anything" }), { rules })).toBe("accepted");
  });

  test("in a state that no version knows fails loudly", () => {
    expect(() => mayCancel(aJob({ state: "paused" as JobState }), terms)).toThrow("unknown state paused");
  });
});

describe("the job that is meant", () => {
  // A secret is compared where both sides have one: jobs need not have one, and a cleanup brings none.
  test.each<[string | undefined, string | undefined, string]>([
    ["right", "right", "accepted"],
    ["right", "wrong", "wrong-secret"],
    ["right", undefined, "accepted"],
    [undefined, "wrong", "accepted"],
    [undefined, undefined, "accepted"],
  ])("with the secret %s, asked for with %s, is %s", (has, given, outcome) => {
    const job = aJob(has === undefined ? {} : { secretHash: has });
    const asks = given === undefined ? terms : { ...terms, secretHash: given };
    expect(mayCancel(job, asks)).toBe(outcome);
  });

  test.each<[string | undefined, string | undefined, boolean]>([
    ["1", "1", false],
    ["1", "2", true],
    ["1", undefined, false],
    [undefined, "2", false],
    [undefined, undefined, false],
  ])("of account %s, asked for by %s, is foreign: %s", (account, asking, foreign) => {
    expect(isForeign({ account }, asking)).toBe(foreign);
    const job = aJob(account === undefined ? {} : { account });
    const asks = asking === undefined ? terms : { ...terms, account: asking };
    expect(mayCancel(job, asks)).toBe(foreign ? "not-found" : "accepted");
  });

  test.each([
    ["its own uid", running.uid, "accepted"],
    ["another uid", "another", "not-found"],
  ])("asked for with %s", (_, uid, outcome) => {
    expect(mayCancel(running, { ...terms, uid })).toBe(outcome);
  });

  // Only a job that took its native id over from another can have come after the cancel that meant the other one.
  test.each<[string, string | undefined, number | undefined, boolean]>([
    ["took its id over after the request", "before", now - 1, true],
    ["took its id over at the moment of the request", "before", now, false],
    ["took its id over before the request", "before", now + 1, false],
    ["took its id over, and nobody knows when it was asked for", "before", undefined, false],
    ["was the first of its id", undefined, now - 1, false],
  ])("that %s", (_, supersedes, askedAt, later) => {
    const job = aJob(supersedes === undefined ? {} : { supersedes });
    const at = askedAt === undefined ? {} : { askedAt };
    expect(isLater(job, at)).toBe(later);
    expect(mayCancel(job, { ...terms, ...at })).toBe(later ? "not-found" : "accepted");
  });

  test.each<[string, number | undefined, Partial<CancelTerms>, string]>([
    ["two seconds after", now - 2_000, {}, "accepted"],
    ["more than that after", now - 2_001, {}, "not-found"],
    ["more than that after, where it may come first", now - 2_001, { beforeJob: true }, "accepted"],
    ["at any time, where nobody knows when it was asked for", undefined, {}, "accepted"],
  ])("was first registered %s the request: %s", (_, askedAt, given, outcome) => {
    const asks = { ...terms, ...given, ...(askedAt === undefined ? {} : { askedAt }) };
    expect(mayCancel(aJob({ registeredAt: now }), asks)).toBe(outcome);
    // One that took its id over is judged by that.
    const tookOver = aJob({ registeredAt: now, supersedes: "before", formerEndedAt: now - 60_000 });
    const late = askedAt === now - 2_001 ? "not-found" : "accepted";
    expect(mayCancel(tookOver, asks)).toBe(late);
  });

  test.each([
    ["the one before", ["bytes"], "not-found"],
    ["another", ["other"], "accepted"],
  ])("is not the one whose bytes were to cancel %s", (_, formerDigests, outcome) => {
    const job = aJob({ supersedes: "before", formerDigests });
    expect(mayCancel(job, { ...terms, requestDigest: "bytes" })).toBe(outcome);
  });

  // Two clocks: the queue's, or the gateway's, and that of the function that registered the job.
  test.each<[string, number, number, boolean]>([
    ["a little after the request, two seconds and more after the end of the one before", 2_000, 4_000, false],
    ["a little after the request, just after the end of the one before", 2_000, 3_999, true],
    ["long after the request", 2_001, 90_000, true],
  ])("took its id over %s", (_, after, ago, later) => {
    const askedAt = now - after;
    const job = aJob({ supersedes: "before", formerEndedAt: now - ago });
    expect(isLater(job, { askedAt })).toBe(later);
  });
});
