import type { Assurance, CancellationOutcome, EvidenceKind, Trigger } from "../../../shared/domain/job.ts";
import { monotonicMs } from "./effects.ts";
import type { Send } from "./wire.ts";

/** A receipt as the API shows it. */
export interface Receipt {
  readonly trigger: Trigger;
  readonly outcome: CancellationOutcome;
  readonly assurance: Assurance | null;
  readonly verified: boolean;
  readonly evidence: { readonly kind: EvidenceKind; readonly at: string } | null;
  readonly steps: readonly { readonly step: string }[];
  readonly timeToStopMs: number | null;
  readonly residue: readonly string[] | null;
  readonly contradictions: readonly { readonly what: string }[];
  readonly repeats: number;
}

/** What a receipt said when it was read, and who was left of the work a little later. */
export interface Reading {
  readonly receipt: Receipt;
  /** When it was read, by the monotonic clock and by the product's. */
  readonly at: number;
  readonly productAt: number;
  /** Undefined where nothing was looked at. */
  population?: number | undefined;
}

/** What `at` is compared with: an effect so much later, or somebody left then, refutes a reading. */
export const toleranceMs = 50;

export const isFinal = ({ outcome }: Receipt): boolean => outcome !== "stopping";

/** Whether a receipt says that the work has ended. */
export const saysEnded = ({ outcome, assurance }: Receipt): boolean =>
  (outcome === "stopped" || outcome === "completed-first") && assurance !== null && assurance !== "contradicted";

interface Watched {
  readonly send: Send;
  readonly token: string;
  readonly now: () => number;
  readonly population: () => number | undefined;
}

/** Reads the receipt of one job again and again, and keeps each that says something else than the one before. */
export const watchReceipts = ({ send, token, now, population }: Watched) => {
  const readings: Reading[] = [];
  let repeats = 0;
  const looks: Promise<void>[] = [];
  const lookLater = (reading: Reading): void => {
    const look = new Promise<void>((resolve) => {
      setTimeout(() => {
        reading.population = population();
        resolve();
      }, toleranceMs);
    });
    looks.push(look);
  };

  return {
    readings: readings as readonly Reading[],
    /** How many requests repeated the cancel, by the receipt that was read last. */
    repeats: () => repeats,
    async read(uid: string): Promise<Receipt | undefined> {
      const { status, text } = await send("GET", `/jobs/${uid}/receipt`, {
        headers: { authorization: `Bearer ${token}` },
      });
      if (status !== 200) return undefined;
      const receipt: Receipt = JSON.parse(text);
      repeats = Math.max(repeats, receipt.repeats);
      const before = readings.at(-1)?.receipt;
      if (before !== undefined && says(before) === says(receipt)) return receipt;
      const reading: Reading = { receipt, at: monotonicMs(), productAt: now() };
      readings.push(reading);
      if (saysEnded(receipt)) lookLater(reading);
      return receipt;
    },
    /** Resolves when every reading was held against who was left. */
    settled: async () => void (await Promise.all(looks)),
  };
};

export type ReceiptWatch = ReturnType<typeof watchReceipts>;

const says = ({ outcome, assurance, evidence, contradictions, residue, timeToStopMs, steps }: Receipt): string =>
  JSON.stringify([
    outcome,
    assurance,
    evidence?.kind,
    evidence?.at,
    contradictions.length,
    residue,
    timeToStopMs,
    steps.length,
  ]);
