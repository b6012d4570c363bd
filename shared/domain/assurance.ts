import type { Change } from "./change.ts";
import type { Assurance, Cancellation, Contradiction, Evidence, EvidenceKind, Instant, Job } from "./job.ts";

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
export const confirm = (
  job: Job,
  cancellation: Cancellation,
  evidence: Evidence,
  residue: readonly string[],
): Change => ({
  when: asOnRecord(job, cancellation),
  conclude: { outcome: cancellation.outcome, evidence, assurance: assuranceOf[evidence.kind], residue },
  step: { at: evidence.at, step: evidence.kind, detail: evidence.detail },
  announce: [`confirmed:${cancellation.steps.length}`],
  due: { on: "reconcile", at: evidence.at },
});

/** As many as an item has room for. */
const maxContradictions = 16;

/** Records a sign of life after the end. All are counted, the first ones and the last are kept, and each fall is told once. */
export const contradict = (job: Job, cancellation: Cancellation, what: string, now: Instant): Change => {
  const { contradictions = [], contradictionCount = 0, assurance } = cancellation;
  const count = contradictionCount + 1;
  const isFall = assurance !== "contradicted";
  return {
    when: asOnRecord(job, cancellation),
    contradict: { assurance: "contradicted", contradictions: added(contradictions, { at: now, what }), count },
    ...(isFall
      ? {
          step: { at: now, step: "contradicted", detail: what },
          announce: [`contradicted:${count}`],
          due: { on: "reconcile", at: now },
        }
      : {}),
  };
};

const added = (kept: readonly Contradiction[], latest: Contradiction): readonly Contradiction[] => [
  ...kept.slice(0, maxContradictions - 1),
  latest,
];

/** Voids the write if evidence or contradictions have changed since the job was read. */
const asOnRecord = ({ uid, state }: Job, { assurance, contradictionCount = 0 }: Cancellation): Change["when"] => ({
  uid,
  states: [state],
  ...(assurance === undefined ? {} : { assurance }),
  contradictionCount,
});
