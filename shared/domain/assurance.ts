import type { Change } from "./change.ts";
import {
  type Assurance,
  type Cancellation,
  type Contradiction,
  type Evidence,
  type EvidenceKind,
  type Instant,
  type Job,
  nextStepAt,
} from "./job.ts";

export const assuranceOf: Readonly<Record<EvidenceKind, Assurance>> = {
  "process-gone": "observed",
  "session-gone": "observed",
  "provider-witnessed": "observed",
  "start-refused": "observed",
  "provider-reported": "reported",
  "supervisor-reported": "acknowledged",
  "worker-acknowledged": "acknowledged",
  "never-started": "never-started",
  "lease-expired": "presumed",
};

/** The witness of evidence that only Standdown's own records give. */
export const ownRecords = "standdown";

export const principalWitness = (name: string): string => `principal ${name}`;

/** From least to most. */
const ranks: readonly Assurance[] = [
  "contradicted",
  "presumed",
  "never-started",
  "acknowledged",
  "reported",
  "observed",
];

/** Whether evidence of this kind says more than what is on record. */
export const isStronger = (kind: EvidenceKind, than: Assurance): boolean =>
  ranks.indexOf(assuranceOf[kind]) > ranks.indexOf(than);

/** Replaces the evidence of an ended cancellation by stronger evidence. The outcome stays. */
export const confirm = (job: Job, cancellation: Cancellation, seen: Evidence, residue: readonly string[]): Change => {
  const at = nextStepAt(job, seen.at);
  const evidence = { ...seen, at };
  return {
    when: asOnRecord(job, cancellation),
    conclude: { outcome: cancellation.outcome, evidence, assurance: assuranceOf[evidence.kind], residue },
    step: { at, step: evidence.kind, detail: evidence.detail },
    announce: [`confirmed:${cancellation.steps.length}`],
    due: { on: "reconcile", at },
  };
};

/** As many as an item has room for. */
const maxContradictions = 16;

/** Records a sign of life after the end. All are counted, the first ones and the last are kept, and each fall is told once. */
export const contradict = (job: Job, cancellation: Cancellation, what: string, now: Instant): Change => {
  const { contradictions = [], contradictionCount = 0, assurance } = cancellation;
  const count = contradictionCount + 1;
  const isFall = assurance !== "contradicted";
  const at = nextStepAt(job, now);
  return {
    when: asOnRecord(job, cancellation),
    contradict: { assurance: "contradicted", contradictions: added(contradictions, { at, what }), count },
    ...(isFall
      ? {
          step: { at, step: "contradicted", detail: what },
          announce: [`contradicted:${count}`],
          due: { on: "reconcile", at },
        }
      : {}),
  };
};

const added = (kept: readonly Contradiction[], latest: Contradiction): readonly Contradiction[] => [
  ...kept.slice(0, maxContradictions - 1),
  latest,
];

/** Voids the write if steps, evidence or contradictions have changed since the job was read. */
const asOnRecord = (
  { uid, state }: Job,
  { assurance, contradictionCount = 0, steps }: Cancellation,
): Change["when"] => ({
  uid,
  states: [state],
  stepCount: steps.length,
  ...(assurance === undefined ? {} : { assurance }),
  contradictionCount,
});
