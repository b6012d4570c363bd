import { describe, expect, test } from "vitest";
import { assuranceOf, contradict, isStronger } from "../../../shared/domain/assurance.ts";
import { decideFinish, decideHeartbeat } from "../../../shared/domain/decide-report.ts";
import {
  type Assurance,
  type Cancellation,
  type EvidenceKind,
  evidenceKinds,
  type Job,
} from "../../../shared/domain/job.ts";
import { aJob, now } from "../../support/stack/jobs.ts";

const at = now + 60_000;

const ended = (
  kind: EvidenceKind,
  given: Partial<Cancellation> = {},
): Job & { readonly cancellation: Cancellation } => {
  const cancellation: Cancellation = {
    trigger: "http",
    requestedBy: "ops",
    requestedAt: now,
    outcome: "stopped",
    evidence: { kind, at: now, witness: "whoever", detail: "gone" },
    assurance: assuranceOf[kind],
    steps: [{ at: now, step: "stop-requested" }],
    residue: ["half a table"],
    repeats: 0,
    ...given,
  };
  return { ...aJob({ state: "cancelled", endedAt: now }), cancellation };
};

test("every kind of evidence is worth what its witness is", () => {
  expect(assuranceOf).toStrictEqual({
    "process-gone": "observed",
    "session-gone": "observed",
    "provider-witnessed": "observed",
    "start-refused": "observed",
    "provider-reported": "reported",
    "supervisor-reported": "acknowledged",
    "worker-acknowledged": "acknowledged",
    "never-started": "never-started",
    "lease-expired": "presumed",
  });
});

describe("evidence is stronger", () => {
  const kinds = (...of: Assurance[]) => evidenceKinds.filter((kind) => of.includes(assuranceOf[kind]));

  test.each<[Assurance, readonly EvidenceKind[]]>([
    ["contradicted", evidenceKinds],
    ["presumed", kinds("never-started", "acknowledged", "reported", "observed")],
    ["never-started", kinds("acknowledged", "reported", "observed")],
    ["acknowledged", kinds("reported", "observed")],
    ["reported", kinds("observed")],
    ["observed", []],
  ])("than %s", (assurance, stronger) => {
    expect(evidenceKinds.filter((kind) => isStronger(kind, assurance))).toEqual(stronger);
  });
});

describe("the write", () => {
  test("of a refused start is evidence that the work has not begun", () => {
    const job = ended("never-started", { residue: [] });
    const detail = "the worker asked to start the job, and was refused";
    expect(decideHeartbeat(job, true, at)).toStrictEqual({
      change: {
        when: { uid: job.uid, states: ["cancelled"], assurance: "never-started", contradictionCount: 0, stepCount: 1 },
        conclude: {
          outcome: "stopped",
          evidence: { kind: "start-refused", at, witness: "standdown", detail },
          assurance: "observed",
          residue: [],
        },
        step: { at, step: "start-refused", detail },
        announce: ["confirmed:1"],
        due: { on: "reconcile", at },
      },
      outcome: "refused",
    });
  });

  test("of a late report that is worth more has what the worker left behind", () => {
    const job = ended("lease-expired", { assurance: "contradicted", contradictionCount: 3 });
    const detail = "the worker reported its end late (failed)";
    expect(decideFinish(job, { outcome: "failed", residue: ["a file"] }, "worker-1", at)).toStrictEqual({
      change: {
        when: { uid: job.uid, states: ["cancelled"], assurance: "contradicted", contradictionCount: 3, stepCount: 1 },
        conclude: {
          outcome: "stopped",
          evidence: { kind: "worker-acknowledged", at, witness: "principal worker-1", detail },
          assurance: "acknowledged",
          residue: ["half a table", "a file"],
        },
        step: { at, step: "worker-acknowledged", detail },
        announce: ["confirmed:1"],
        due: { on: "reconcile", at },
      },
      outcome: "refused",
    });
  });

  test("of a late report of success leaves nothing behind", () => {
    const job = ended("lease-expired", { outcome: "completed-first" });
    const { change } = decideFinish(job, { outcome: "succeeded", residue: ["a file"] }, "worker-1", at);
    expect(change?.conclude).toMatchObject({ outcome: "completed-first", assurance: "acknowledged", residue: [] });
  });

  test.each([
    [true, "a start"],
    [false, "a heartbeat"],
  ])("of a heartbeat after the end, with a start: %s, says that it came", (start, what) => {
    const job = ended("worker-acknowledged");
    expect(decideHeartbeat(job, start, at)).toStrictEqual({
      change: {
        when: { uid: job.uid, states: ["cancelled"], assurance: "acknowledged", contradictionCount: 0, stepCount: 1 },
        contradict: { assurance: "contradicted", contradictions: [{ at, what }], count: 1 },
        step: { at, step: "contradicted", detail: what },
        announce: ["contradicted:1"],
        due: { on: "reconcile", at },
      },
      outcome: "refused",
    });
  });

  test("of a further sign counts it, and tells nobody again", () => {
    const contradictions = [{ at: now, what: "a start" }];
    const job = ended("worker-acknowledged", { assurance: "contradicted", contradictions, contradictionCount: 1 });
    expect(decideFinish(job, { outcome: "succeeded" }, "worker-1", at).change).toStrictEqual({
      when: { uid: job.uid, states: ["cancelled"], assurance: "contradicted", contradictionCount: 1, stepCount: 1 },
      contradict: {
        assurance: "contradicted",
        contradictions: [...contradictions, { at, what: "a report: succeeded" }],
        count: 2,
      },
    });
  });

  test("of a late report that says again what was contradicted confirms it again", () => {
    const job = ended("worker-acknowledged", { assurance: "contradicted", contradictionCount: 1 });
    const { change } = decideFinish(job, { outcome: "cancelled" }, "worker-1", at);
    expect(change?.conclude).toMatchObject({ outcome: "stopped", assurance: "acknowledged" });
  });

  test("is bound to no assurance where none is on record", () => {
    const { assurance: _, ...cancellation } = ended("lease-expired").cancellation;
    const job = aJob({ state: "cancelled", cancellation });
    expect(contradict(job, cancellation, "a start", at).when).toStrictEqual({
      uid: job.uid,
      states: ["cancelled"],
      contradictionCount: 0,
      stepCount: 1,
    });
  });
});

// As an item of the table can be that was mended by hand.
test.each([
  ["a heartbeat", (job: Job) => decideHeartbeat(job, false, at)],
  ["a report: succeeded", (job: Job) => decideFinish(job, { outcome: "succeeded" }, "worker-1", at)],
])("%s contradicts an end whose evidence is lost", (what, decide) => {
  const { evidence: _, ...cancellation } = ended("worker-acknowledged").cancellation;
  const job = aJob({ state: "cancelled", cancellation });
  expect(decide(job).change?.contradict?.contradictions).toEqual([{ at, what }]);
});
