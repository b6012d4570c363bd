import { describe, expect, test } from "vitest";
import { currentStep, type Probe, stepDeadline } from "../../../shared/domain/decide-reconcile.ts";
import { now } from "../../support/stack/jobs.ts";
import { afterGrace, decide, escalationSteps, seconds, stopped, stopping } from "./stopping-jobs.ts";

describe("the write", () => {
  const at = afterGrace + 5;

  test("of a stop has the backend's evidence with its time, and what stays behind", () => {
    const given = stopping();
    expect(decide(given, stopped("failed"), at)).toEqual({
      change: {
        when: { uid: given.job.uid, states: ["stopping"], stepCount: 1 },
        set: { state: "cancelled", endedAt: at },
        conclude: {
          outcome: "stopped",
          evidence: { kind: "provider-reported", witness: "the backend", at, detail: "the backend says failed" },
          assurance: "reported",
          residue: ["half a table"],
        },
        step: { at, step: "provider-reported", detail: "the backend says failed" },
        announce: ["stopped"],
        due: { on: "reconcile", at },
      },
    });
  });

  test("of a stop is no earlier than the step before it", () => {
    const given = stopping({ steps: [{ at: at + 7, step: "stop-requested" }] });
    const later = { set: { endedAt: at + 7 }, conclude: { evidence: { at: at + 7 } }, step: { at: at + 7 } };
    expect(decide(given, stopped("failed"), at).change).toMatchObject(later);
  });

  test("of a job that completed first leaves nothing behind", () => {
    expect(decide(stopping(), stopped("succeeded"), at)).toMatchObject({
      change: { set: { state: "succeeded" }, conclude: { residue: [] }, announce: ["completed-first"] },
    });
  });

  test.each([0, 1])("of a next step holds only on step %d, and is looked at soon", (step) => {
    const given = stopping(step === 0 ? {} : { escalation: { step, deadline: afterGrace } });
    const { change } = decide(given, { kind: "alive" }, at);
    if (change === undefined) throw new Error("nothing is to be written");
    expect(change.when).toEqual({ uid: given.job.uid, states: ["stopping"], escalationStep: step, stepCount: 1 });
    expect(change.step).toMatchObject({
      step: "escalated",
      detail: expect.stringContaining(`${escalationSteps[step + 1]?.name}`),
    });
    expect(change.due).toEqual({ on: "reconcile", at: at + 1000 });
    expect([change.set, change.announce, change.conclude]).toEqual([undefined, undefined, undefined]);
  });

  test.each<[Probe, RegExp]>([
    [{ kind: "alive" }, /^the work was still alive after 2026-11-22T10:00:30.000Z$/],
    [{ kind: "unknown" }, /^nothing proves that the work had stopped by 2026-11-22T10:00:30.000Z$/],
  ])("of the flag is no end, has no evidence, and is made once: %j", (probe, detail) => {
    const given = stopping();
    expect(decide(given, probe, at, [{ name: "ask" }])).toEqual({
      change: {
        when: { uid: given.job.uid, states: ["stopping"], outcome: "stopping", stepCount: 1 },
        conclude: { outcome: "not-stopped" },
        step: { at, step: "not-stopped", detail: expect.stringMatching(detail) },
        announce: ["not-stopped"],
        due: { on: "reconcile", at },
      },
    });
  });
});

describe("the next check", () => {
  const lookAfter = (probe: Probe, at: number, given = stopping({}, { graceSeconds: 3600 })) => {
    const decided = decide(given, probe, now + at * seconds);
    return decided.change === undefined ? (decided.outcome.checkAt - now) / seconds : undefined;
  };

  test("comes 1 s, 2 s, 4 s and so on after the request, at most a minute after the one before", () => {
    const checks: number[] = [];
    for (let at = 0; at < 300; at = checks.at(-1) ?? 300) checks.push(lookAfter({ kind: "alive" }, at) ?? 300);
    expect(checks).toEqual([1, 2, 4, 8, 16, 32, 64, 124, 184, 244, 304]);
  });

  test("comes at the deadline, if that is before", () => {
    expect(lookAfter({ kind: "alive" }, 16)).toBe(32);
    expect(lookAfter({ kind: "alive" }, 16, stopping())).toBe(30);
    expect(lookAfter({ kind: "unknown" }, 29.5, stopping())).toBe(30);
  });

  test("comes when the backend will know, not before a second and not after a quarter of an hour", () => {
    const known = (until: number) => lookAfter({ kind: "unknown", until: now + until * seconds }, 10);
    expect([known(50), known(11), known(10.5), known(9), known(5000)]).toEqual([50, 11, 11, 11, 910]);
  });
});

test("the deadline of the first step is the backend's grace, or else the job's own", () => {
  const { job, cancellation } = stopping();
  expect(stepDeadline(job, cancellation, escalationSteps)).toBe(afterGrace);
  expect(stepDeadline(job, cancellation, [{ name: "ask", graceSeconds: 7 }])).toBe(now + 7 * seconds);
  const escalation = { step: 1, deadline: now + 99 };
  expect(stepDeadline(job, { ...cancellation, escalation }, escalationSteps)).toBe(now + 99);
  expect([currentStep(cancellation), currentStep({ ...cancellation, escalation })]).toEqual([0, 1]);
});
