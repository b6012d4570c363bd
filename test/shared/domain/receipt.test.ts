import { describe, expect, test } from "vitest";
import type { Cancellation, Evidence } from "../../../shared/domain/job.ts";
import { timeToStop, toReceipt } from "../../../shared/domain/receipt.ts";
import { aJob, now } from "../../support/stack/jobs.ts";

const asked: Cancellation = {
  trigger: "http",
  requestedBy: "ops",
  requestedAt: now,
  outcome: "stopping",
  steps: [{ at: now, step: "stop-requested" }],
  residue: ["half a table"],
  repeats: 2,
};
const evidence: Evidence = { kind: "process-gone", at: now + 5, witness: "supervisor", detail: "no process is left" };
const ended: Cancellation = { ...asked, outcome: "stopped", evidence, assurance: "observed" };

describe("a receipt", () => {
  const job = aJob();
  const { uid, service, scope, jobId } = job;

  test("of a stop that is under way leaves open what nobody knows", () => {
    expect(toReceipt(job, asked)).toStrictEqual({
      uid,
      service,
      scope,
      jobId,
      trigger: "http",
      requestedBy: "ops",
      onBehalfOf: null,
      reason: null,
      requestedAt: "2026-11-22T10:00:00.000Z",
      outcome: "stopping",
      assurance: null,
      verified: false,
      evidence: null,
      steps: [{ at: "2026-11-22T10:00:00.000Z", step: "stop-requested", detail: null }],
      timeToStopMs: null,
      residue: ["half a table"],
      contradictions: [],
      repeats: 2,
    });
  });

  test("of a stop that was seen says who asked and why, who saw it, and when", () => {
    const contradictions = [{ at: now + 9, what: "a heartbeat" }];
    const steps = [...asked.steps, { at: now + 5, step: "process-gone", detail: "no process is left" }];
    const told = { ...ended, onBehalfOf: "nightly", reason: "too dear", steps, contradictions };
    expect(toReceipt(job, told)).toMatchObject({
      onBehalfOf: "nightly",
      reason: "too dear",
      assurance: "observed",
      verified: true,
      evidence: {
        kind: "process-gone",
        at: "2026-11-22T10:00:00.005Z",
        witness: "supervisor",
        detail: "no process is left",
      },
      steps: [{}, { at: "2026-11-22T10:00:00.005Z", step: "process-gone", detail: "no process is left" }],
      timeToStopMs: 5,
      contradictions: [{ at: "2026-11-22T10:00:00.009Z", what: "a heartbeat" }],
    });
  });
});

describe("the time that a stop took", () => {
  test.each<[string, Cancellation, number | undefined]>([
    ["runs from the request to the evidence", ended, 5],
    ["is that of no job that completed first", { ...ended, outcome: "completed-first" }, undefined],
    ["is that of no job that was flagged", { ...ended, outcome: "not-stopped" }, undefined],
    ["is not known where it was presumed", { ...ended, assurance: "presumed" }, undefined],
    ["is not known of what never ran", { ...ended, evidence: { ...evidence, kind: "start-refused" } }, undefined],
    ["is not known while it is under way", asked, undefined],
  ])("%s", (_, cancellation, ms) => {
    expect(timeToStop(cancellation)).toBe(ms);
  });
});
