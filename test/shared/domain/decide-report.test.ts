import { describe, expect, test } from "vitest";
import { decideFinish, decideHeartbeat, type FinishReport, renewUnseen } from "../../../shared/domain/decide-report.ts";
import { expire } from "../../../shared/domain/expiry.ts";
import type { Job, JobState } from "../../../shared/domain/job.ts";
import { aJob, now } from "../../support/stack/jobs.ts";
import { afterGrace, stopping } from "./stopping-jobs.ts";

/** As an item of the table can be that was mended by hand: it is stopping, and nothing says why. */
const unexplained = aJob({ state: "stopping" });

describe("a heartbeat", () => {
  test("of a job that was not seen yet renews its lease while it waits or runs", () => {
    expect(renewUnseen("u", now)).toStrictEqual({
      change: { when: { uid: "u", states: ["queued", "running"], heartbeatBefore: now }, set: { heartbeatAt: now } },
      outcome: "recorded",
    });
  });

  test("of no job is not found", () => {
    expect(decideHeartbeat(undefined, false, now)).toStrictEqual({ outcome: "not-found" });
  });

  test.each(["queued", "running"] as const)("of a %s job moves nothing but the end of its lease", (state) => {
    const job = aJob({ state });
    expect(decideHeartbeat(job, false, now + 5).change).toStrictEqual({
      when: { uid: job.uid, states: [state], heartbeatBefore: now + 5 },
      set: { heartbeatAt: now + 5 },
    });
  });

  test.each(["queued", "running"] as const)(
    "of a %s job that is not the latest is recorded, and moves nothing",
    (state) => {
      expect(decideHeartbeat(aJob({ state }), false, now)).toStrictEqual({ outcome: "recorded" });
      expect(decideHeartbeat(aJob({ state }), false, now - 1)).toStrictEqual({ outcome: "recorded" });
    },
  );

  test("of a job that was told to stop delivers the request although a later one has renewed the lease, once", () => {
    const { job, cancellation } = stopping({}, { heartbeatAt: now + 9 });
    const { change } = decideHeartbeat(job, false, now + 5);
    expect(change).toMatchObject({ when: { stepCount: 1 }, set: {}, step: { step: "stop-request-delivered" } });
    const steps = [...cancellation.steps, { at: now + 5, step: "stop-request-delivered" }];
    const told = { ...job, cancellation: { ...cancellation, steps } };
    expect(decideHeartbeat(told, false, now + 7)).toStrictEqual({ outcome: "recorded" });
  });

  test("starts a job whose clock was ahead no earlier than it was registered", () => {
    const job = aJob({ state: "queued", registeredAt: now + 9, heartbeatAt: now + 9 });
    expect(decideHeartbeat(job, true, now).change?.set).toStrictEqual({ state: "running", startedAt: now + 9 });
  });

  test("of a job that was told to stop carries the order, and is void once it was delivered", () => {
    const { job } = stopping();
    expect(decideHeartbeat(job, false, now + 5).change).toStrictEqual({
      when: { uid: job.uid, states: ["stopping"], heartbeatBefore: now + 5, stepCount: 1 },
      set: { heartbeatAt: now + 5 },
      step: { at: now + 5, step: "stop-request-delivered", detail: "a heartbeat carried the stop request" },
    });
  });

  // The grace period is over: the worker is alive and has not stopped, so that it need not be waited for.
  test.each<[string, Job, number, number | undefined]>([
    ["before the deadline", stopping({}, { dueAt: afterGrace + 9 }).job, afterGrace - 1, undefined],
    ["at the deadline", stopping({}, { dueAt: afterGrace + 9 }).job, afterGrace, undefined],
    ["after the deadline", stopping({}, { dueAt: afterGrace + 9 }).job, afterGrace + 1, afterGrace + 1],
    ["after it, with a check due right then", stopping({}, { dueAt: afterGrace + 1 }).job, afterGrace + 1, undefined],
    ["after it, with a check that is overdue", stopping({}, { dueAt: afterGrace }).job, afterGrace + 1, undefined],
    ["after it, with no check to bring forward", stopping().job, afterGrace + 1, undefined],
    [
      "of a job that is flagged",
      stopping({ outcome: "not-stopped" }, { dueAt: afterGrace + 9 }).job,
      afterGrace + 1,
      undefined,
    ],
    ["of a job without a request", { ...unexplained, dueAt: afterGrace + 9 }, afterGrace + 1, undefined],
  ])("%s brings the next check forward to %s", (_, job, at, due) => {
    const { change } = decideHeartbeat(job, false, at);
    expect(change?.due).toEqual(due === undefined ? undefined : { on: "reconcile", at: due });
    expect(change !== undefined && "due" in change).toBe(due !== undefined);
  });
});

describe("a last report", () => {
  test("of no job is not found", () => {
    expect(decideFinish(undefined, { outcome: "succeeded" }, "worker-1", now)).toStrictEqual({ outcome: "not-found" });
  });

  test.each<[FinishReport, object]>([
    [{ outcome: "succeeded" }, { state: "succeeded", endedAt: now }],
    [{ outcome: "failed" }, { state: "failed", endedAt: now }],
    [
      { outcome: "failed", error: "no disk" },
      { state: "failed", endedAt: now, error: "no disk" },
    ],
  ])("%o of a running job is its end", (report, set) => {
    const job = aJob();
    expect(decideFinish(job, report, "worker-1", now).change).toStrictEqual({
      when: { uid: job.uid, states: ["running"] },
      set,
    });
  });

  test("of a worker that stopped is the evidence of the stop", () => {
    const { job } = stopping();
    const detail = "the worker reported that it had stopped (failed)";
    expect(decideFinish(job, { outcome: "failed", error: "killed" }, "worker-1", now + 5).change).toStrictEqual({
      when: { uid: job.uid, states: ["stopping"], stepCount: 1 },
      set: { state: "cancelled", endedAt: now + 5, error: "killed" },
      conclude: {
        outcome: "stopped",
        evidence: { kind: "worker-acknowledged", at: now + 5, witness: "principal worker-1", detail },
        assurance: "acknowledged",
        residue: ["half a table"],
      },
      step: { at: now + 5, step: "worker-acknowledged", detail },
      announce: ["stopped"],
      due: { on: "reconcile", at: now + 5 },
    });
  });

  test("is no earlier than the step before it, and none than the start: clocks differ", () => {
    const { job, cancellation } = stopping({}, { startedAt: now + 3 });
    const steps = [...cancellation.steps, { at: now + 8, step: "stop-request-delivered" }];
    const told = { ...job, cancellation: { ...cancellation, steps } };
    expect(decideFinish(told, { outcome: "cancelled" }, "worker-1", now + 5).change).toMatchObject({
      set: { endedAt: now + 8 },
      conclude: { evidence: { at: now + 8 } },
      step: { at: now + 8 },
    });
    const { change } = decideFinish(aJob({ startedAt: now + 3 }), { outcome: "succeeded" }, "worker-1", now);
    expect(change?.set?.endedAt).toBe(now + 3);
  });

  test("of a worker that was done first wins over the cancel", () => {
    const { job } = stopping();
    const detail = "the worker reported that it had succeeded before it could stop";
    expect(decideFinish(job, { outcome: "succeeded" }, "worker-1", now + 5).change).toMatchObject({
      conclude: { evidence: { detail } },
      step: { at: now + 5, step: "completed-first", detail },
    });
  });

  test.each<[FinishReport, readonly string[]]>([
    [{ outcome: "cancelled" }, []],
    [{ outcome: "cancelled", residue: ["a file"] }, ["a file"]],
  ])("%o of a job without a request leaves behind %j", (report, residue) => {
    expect(decideFinish(unexplained, report, "worker-1", now).change?.conclude?.residue).toEqual(residue);
  });

  test("of a state that no version knows fails loudly", () => {
    const unknown = aJob({ state: "paused" as JobState });
    expect(() => decideFinish(unknown, { outcome: "succeeded" }, "worker-1", now)).toThrow("unknown state paused");
  });
});

describe("a lost lease", () => {
  const detail = "no heartbeat for 60 s: the worker lost its lease and its reports are refused";

  test("is the evidence of the stop", () => {
    const { job } = stopping({}, { heartbeatTimeoutSeconds: 60 });
    expect(expire(job, now + 70_000)).toStrictEqual({
      when: { uid: job.uid, states: ["stopping"], heartbeatAt: job.heartbeatAt, stepCount: 1 },
      set: { state: "cancelled", endedAt: now + 60_000 },
      conclude: {
        outcome: "stopped",
        evidence: { kind: "lease-expired", at: now + 60_000, witness: "standdown", detail },
        assurance: "presumed",
      },
      step: { at: now + 70_000, step: "lease-expired", detail },
      announce: ["stopped"],
      due: { on: "reconcile", at: now + 70_000 },
    });
  });

  test("of a job without a request is dated by the lease alone", () => {
    expect(expire(unexplained, now + 70_000).set?.endedAt).toBe(now + 60_000);
  });
});
