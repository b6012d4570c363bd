import { describe, expect, test } from "vitest";
import { assuranceOf } from "../../../shared/domain/assurance.ts";
import { decideFinish, decideHeartbeat, type FinishReport } from "../../../shared/domain/decide-report.ts";
import {
  type Assurance,
  assurances,
  type Cancellation,
  type EvidenceKind,
  evidenceKinds,
  type Job,
} from "../../../shared/domain/job.ts";
import { toReceipt } from "../../../shared/domain/receipt.ts";
import { applyChange } from "../../support/model/apply-change.ts";
import { aJob, now } from "../../support/stack/jobs.ts";

type Ended = Job & { readonly cancellation: Cancellation };

/** A job whose cancellation has ended by this evidence. */
const endedBy = (kind: EvidenceKind, given: Partial<Cancellation> = {}): Ended => {
  const cancellation: Cancellation = {
    trigger: "http",
    requestedBy: "ops",
    requestedAt: now,
    outcome: "stopped",
    evidence: { kind, at: now + 7, witness: "whoever", detail: "gone" },
    assurance: assuranceOf[kind],
    steps: [{ at: now, step: "stop-requested" }],
    residue: ["half a table"],
    repeats: 0,
    ...given,
  };
  const state = cancellation.outcome === "completed-first" ? "succeeded" : "cancelled";
  return { ...aJob({ state, endedAt: now + 7 }), cancellation };
};

const at = now + 60_000;
const beat = (start: boolean) => (job: Job) => decideHeartbeat(job, start, at);
const finish = (outcome: FinishReport["outcome"]) => (job: Job) => decideFinish(job, { outcome }, "w", at);

const signs = {
  heartbeat: beat(false),
  start: beat(true),
  succeeded: finish("succeeded"),
  failed: finish("failed"),
  cancelled: finish("cancelled"),
};
type Sign = keyof typeof signs;

/** What a sign of life after the end makes of the assurance; `–` where nothing is to be recorded. */
const expected: Readonly<Record<Assurance, Readonly<Record<Sign, Assurance | "–">>>> = {
  observed: {
    heartbeat: "contradicted",
    start: "contradicted",
    succeeded: "contradicted",
    failed: "–",
    cancelled: "–",
  },
  reported: {
    heartbeat: "contradicted",
    start: "contradicted",
    succeeded: "contradicted",
    failed: "–",
    cancelled: "–",
  },
  acknowledged: {
    heartbeat: "contradicted",
    start: "contradicted",
    succeeded: "contradicted",
    failed: "–",
    cancelled: "–",
  },
  "never-started": {
    heartbeat: "–",
    start: "observed",
    succeeded: "contradicted",
    failed: "contradicted",
    cancelled: "–",
  },
  presumed: {
    heartbeat: "contradicted",
    start: "contradicted",
    succeeded: "contradicted",
    failed: "acknowledged",
    cancelled: "acknowledged",
  },
  contradicted: {
    heartbeat: "contradicted",
    start: "contradicted",
    succeeded: "contradicted",
    failed: "acknowledged",
    cancelled: "acknowledged",
  },
};

const kindFor: Readonly<Record<Assurance, EvidenceKind>> = {
  observed: "process-gone",
  reported: "provider-reported",
  acknowledged: "worker-acknowledged",
  "never-started": "never-started",
  presumed: "lease-expired",
  contradicted: "lease-expired",
};

const hearing = (job: Ended, sign: Sign): Ended | undefined => {
  const { change, outcome } = signs[sign](job);
  expect(outcome).toBe("refused");
  return change && (applyChange(job, change) as Ended);
};

describe.each(assurances)("a stop that is %s", (assurance) => {
  const job = endedBy(kindFor[assurance], { assurance });

  test.each(Object.keys(signs) as Sign[])("and then %s", (sign) => {
    const next = hearing(job, sign);
    expect(next?.cancellation.assurance ?? "–").toBe(expected[assurance][sign]);
    // The end itself is absorbing, and the outcome with it.
    expect(next ?? job).toMatchObject({ state: job.state, endedAt: job.endedAt, cancellation: { outcome: "stopped" } });
  });

  test("is verified only where somebody else saw the end", () => {
    expect(toReceipt(job, job.cancellation).verified).toBe(assurance === "observed");
  });

  test("names what stays behind, and how long it took, only where somebody knows", () => {
    const { residue, timeToStopMs } = toReceipt(job, job.cancellation);
    expect(residue).toEqual(assurance === "presumed" || assurance === "contradicted" ? null : ["half a table"]);
    expect(timeToStopMs).toBe(["observed", "reported", "acknowledged"].includes(assurance) ? 7 : null);
  });
});

test("every kind of evidence has its assurance, and none is contradicted by itself", () => {
  expect(evidenceKinds.map((kind) => assuranceOf[kind])).not.toContain(undefined);
  expect(Object.values(assuranceOf)).not.toContain("contradicted");
});

describe("a contradiction", () => {
  test("says what was heard and when, in the receipt, as a step, and to the outside", () => {
    const job = hearing(endedBy("lease-expired"), "succeeded");
    expect(job && toReceipt(job, job.cancellation)).toMatchObject({
      assurance: "contradicted",
      verified: false,
      contradictions: [{ at: new Date(at).toISOString(), what: "a report: succeeded" }],
      steps: [{}, { at: new Date(at).toISOString(), step: "contradicted", detail: "a report: succeeded" }],
    });
    expect(job?.outbox).toEqual(["contradicted:1"]);
  });

  test("is told once while it stands, and every further sign is counted: the first ones and the last are kept", () => {
    let job = endedBy("worker-acknowledged");
    for (let sign = 0; sign < 40; sign++) job = hearing(job, "heartbeat") ?? job;
    expect(job.outbox).toEqual(["contradicted:1"]);
    expect(job.cancellation).toMatchObject({ contradictionCount: 40, steps: [{}, { step: "contradicted" }] });
    expect(job.cancellation.contradictions).toHaveLength(16);
  });

  test("is told again when it was followed by an acknowledgement, and stays on record after that", () => {
    let job = endedBy("lease-expired");
    for (const sign of ["heartbeat", "cancelled", "heartbeat"] as const) job = hearing(job, sign) ?? job;
    expect(job.outbox).toEqual(["confirmed:2", "contradicted:1", "contradicted:2"]);
    expect(job.cancellation).toMatchObject({
      assurance: "contradicted",
      evidence: { kind: "worker-acknowledged", witness: "principal w" },
      contradictions: [{ what: "a heartbeat" }, { what: "a heartbeat" }],
    });
  });

  test("is void where the evidence or another contradiction came in between", () => {
    const job = endedBy("lease-expired");
    const { change } = signs.heartbeat(job);
    expect(change && applyChange(hearing(job, "cancelled") as Job, change)).toBeUndefined();
    expect(change && applyChange(hearing(job, "heartbeat") as Job, change)).toBeUndefined();
  });
});

describe("a job that completed first", () => {
  const job = endedBy("worker-acknowledged", { outcome: "completed-first", residue: [] });

  test.each([
    ["succeeded", "–"],
    ["cancelled", "contradicted"],
    ["failed", "contradicted"],
    ["heartbeat", "contradicted"],
  ] as const)("and then %s", (sign, assurance) => {
    expect(hearing(job, sign)?.cancellation.assurance ?? "–").toBe(assurance);
  });
});

test.each([
  ["heartbeat", "–"],
  ["start", "–"],
  ["cancelled", "–"],
  ["failed", "–"],
  ["succeeded", "contradicted"],
] as const)("a job whose start was refused, and then %s", (sign, assurance) => {
  const job = endedBy("start-refused");
  expect(hearing(job, sign)?.cancellation.assurance ?? "–").toBe(assurance);
  expect(toReceipt(job, job.cancellation).timeToStopMs).toBeNull();
});

test.each(Object.keys(signs) as Sign[])(
  "a job that ended without a cancellation has no receipt that %s could contradict",
  (sign) => {
    expect(signs[sign](aJob({ state: "failed" }))).toEqual({ outcome: "refused" });
  },
);
