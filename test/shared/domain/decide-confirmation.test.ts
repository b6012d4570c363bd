import { describe, expect, test } from "vitest";
import { decideConfirmation, isOnlySaid } from "../../../shared/domain/decide-confirmation.ts";
import type { Probe } from "../../../shared/domain/decide-reconcile.ts";
import { assurances, type Cancellation, type Job } from "../../../shared/domain/job.ts";
import { aStoppingJob, now } from "../../support/stack/jobs.ts";

const said = (given: Partial<Cancellation> = {}): Job & { cancellation: Cancellation } => {
  const job = aStoppingJob(now, { state: "cancelled", endedAt: now + 1_000, graceSeconds: 10 });
  const cancellation = { ...job.cancellation, outcome: "stopped", assurance: "acknowledged", ...given } as Cancellation;
  return { ...job, cancellation };
};

const gone: Probe = {
  kind: "stopped",
  state: "cancelled",
  evidence: { kind: "session-gone", witness: "the server", detail: "not there any more" },
  residue: ["an index"],
};

const decide = (probe: Probe, at: number, job = said()) => decideConfirmation(job, job.cancellation, probe, at);

describe("an end that only the work has told of", () => {
  test.each(assurances)("%s: only what was acknowledged is", (assurance) => {
    expect(isOnlySaid(said({ assurance }).cancellation)).toBe(assurance === "acknowledged");
  });

  test("is not one of work that had completed", () => {
    expect(isOnlySaid(said({ outcome: "completed-first" }).cancellation)).toBe(false);
  });

  test("is confirmed by a witness, with what that found", () => {
    const { change } = decide(gone, now + 2_000, said({ residue: ["documents"] }));
    expect(change).toMatchObject({
      conclude: { outcome: "stopped", assurance: "observed", residue: ["documents", "an index"] },
      step: { step: "session-gone" },
      announce: ["confirmed:1"],
    });
    expect(change?.set).toBeUndefined();
  });

  test("is not confirmed by less than what is on record", () => {
    const less = { ...gone, evidence: { ...gone.evidence, kind: "worker-acknowledged" } } as Probe;
    expect(decide(less, now + 2_000)).toEqual({ outcome: undefined });
  });

  test.each<[Probe]>([[{ kind: "alive" }], [{ kind: "unknown" }]])(
    "is checked again while %o is seen within its grace",
    (probe) => {
      expect(decide(probe, now + 2_000)).toEqual({ outcome: { checkAt: now + 3_000 } });
      expect(decide(probe, now + 9_999)).toEqual({ outcome: { checkAt: now + 10_999 } });
    },
  );

  test("is contradicted by a witness that still sees the work after that", () => {
    const { change } = decide({ kind: "alive", detail: "its session is active" }, now + 10_000);
    expect(change).toMatchObject({
      contradict: { assurance: "contradicted" },
      step: { step: "contradicted", detail: "the witness: its session is active" },
    });
    expect(decide({ kind: "alive" }, now + 10_000).change?.step?.detail).toBe("the witness saw it alive");
  });

  test("stays as it is where the witness cannot tell", () => {
    expect(decide({ kind: "unknown" }, now + 10_000)).toEqual({ outcome: undefined });
  });

  test("has a moment to be gone after an end that came late", () => {
    const late = { ...said(), endedAt: now + 20_000 };
    expect(decide({ kind: "alive" }, now + 20_500, late)).toEqual({ outcome: { checkAt: now + 21_500 } });
  });
});
