import { describe, expect, test } from "vitest";
import { deadlineOf, type FollowUp, type Probe, rungOf } from "../../../shared/domain/decide-reconcile.ts";
import { now } from "../../support/stack/jobs.ts";
import { afterGrace, decide, ladder, seconds, stopped, stopping } from "./stopping-jobs.ts";

describe("the write", () => {
  const at = afterGrace + 5;

  test("of a stop has the backend's evidence with its time, and what stays behind", () => {
    const given = stopping();
    expect(decide(given, stopped("failed"), at)).toEqual({
      change: {
        when: { uid: given.job.uid, states: ["stopping"] },
        set: { state: "cancelled", endedAt: at },
        conclude: {
          outcome: "stopped",
          evidence: { kind: "backend-reported", at, detail: "the backend says failed" },
          residue: ["half a table"],
        },
        step: { at, step: "backend-reported", detail: "the backend says failed" },
        announce: ["stopped"],
        due: { on: "follow-up", at },
      },
    });
  });

  test("of a job that completed first leaves nothing behind", () => {
    expect(decide(stopping(), stopped("succeeded"), at)).toMatchObject({
      change: { set: { state: "succeeded" }, conclude: { residue: [] }, announce: ["completed-first"] },
    });
  });

  test.each([0, 1])("of a next rung holds only on rung %d, and is looked at soon", (rung) => {
    const given = stopping(rung === 0 ? {} : { escalation: { rung, deadline: afterGrace } });
    const { change } = decide(given, { kind: "alive" }, at) as Extract<FollowUp, { change: object }>;
    expect(change.when).toEqual({ uid: given.job.uid, states: ["stopping"], rung });
    expect(change.step).toMatchObject({
      step: "escalated",
      detail: expect.stringContaining(`${ladder[rung + 1]?.name}`),
    });
    expect(change.due).toEqual({ on: "follow-up", at: at + 1000 });
    expect([change.set, change.announce, change.conclude]).toEqual([undefined, undefined, undefined]);
  });

  test.each<[Probe, RegExp]>([
    [{ kind: "alive" }, /^the work was still alive after 2026-11-22T10:00:30.000Z$/],
    [{ kind: "unknown" }, /^nothing proves that the work had stopped by 2026-11-22T10:00:30.000Z$/],
  ])("of the flag is no end, has no evidence, and is made once: %j", (probe, detail) => {
    const given = stopping();
    expect(decide(given, probe, at, [{ name: "ask" }])).toEqual({
      change: {
        when: { uid: given.job.uid, states: ["stopping"], outcome: "stopping" },
        conclude: { outcome: "not-stopped" },
        step: { at, step: "not-stopped", detail: expect.stringMatching(detail) },
        announce: ["not-stopped"],
        due: { on: "follow-up", at },
      },
    });
  });
});

describe("the next look", () => {
  const lookAfter = (probe: Probe, at: number, given = stopping({}, { graceSeconds: 3600 })) => {
    const decided = decide(given, probe, now + at * seconds);
    return "lookAt" in decided ? (decided.lookAt - now) / seconds : undefined;
  };

  test("comes 1 s, 2 s, 4 s and so on after the request, at most a minute after the one before", () => {
    const looks: number[] = [];
    for (let at = 0; at < 300; at = looks.at(-1) ?? 300) looks.push(lookAfter({ kind: "alive" }, at) ?? 300);
    expect(looks).toEqual([1, 2, 4, 8, 16, 32, 64, 124, 184, 244, 304]);
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

test("the deadline of the first rung is the backend's grace, or else the job's own", () => {
  const { job, cancellation } = stopping();
  expect(deadlineOf(job, cancellation, ladder)).toBe(afterGrace);
  expect(deadlineOf(job, cancellation, [{ name: "ask", graceSeconds: 7 }])).toBe(now + 7 * seconds);
  const escalation = { rung: 1, deadline: now + 99 };
  expect(deadlineOf(job, { ...cancellation, escalation }, ladder)).toBe(now + 99);
  expect([rungOf(cancellation), rungOf({ ...cancellation, escalation })]).toEqual([0, 1]);
});
