import { setTimeout as pause } from "node:timers/promises";
import { JobApiError } from "../../client/src/job-api-error.ts";
import type { JobHandle } from "../../client/src/job-handle.ts";
import type { Receipt } from "../../client/src/wire-views.ts";
import { answers } from "../options/exit-codes.ts";

/** How sure somebody wants to be before the wait is over. */
export const levels = ["observed", "acknowledged", "accepted"] as const;
export type Level = (typeof levels)[number];

const sure: Readonly<Record<Exclude<Level, "accepted">, readonly Receipt["assurance"][]>> = {
  observed: ["observed"],
  acknowledged: ["observed", "reported", "acknowledged", "never-started"],
};

/** What a receipt is worth to who asked, as an exit code; undefined while it can still become what they want. */
export const judge = ({ outcome, assurance }: Receipt, until: Level): number | undefined => {
  if (until === "accepted") return answers.asAsked;
  switch (outcome) {
    case "stopping":
      return undefined;
    case "completed-first":
      return answers.completedFirst;
    case "not-stopped":
      // Later evidence can still end it.
      return undefined;
    case "stopped":
      return sure[until].includes(assurance) ? answers.asAsked : undefined;
    default:
      throw new Error(`unknown outcome ${outcome satisfies never}`);
  }
};

/** What a receipt is worth once the time is up. */
export const judgeLate = ({ outcome, assurance }: Receipt): number => {
  if (outcome !== "stopped" || assurance === "contradicted") return answers.notInTime;
  return answers.lessSure;
};

const firstPauseMs = 100;
const maxPauseMs = 2_000;
/** A witness that is asked once more after the work has reported needs a moment. */
const patienceMs = 15_000;

export interface Waiting {
  readonly job: Pick<JobHandle, "receipt">;
  readonly until: Level;
  readonly deadline: number;
  readonly onReceipt: (receipt: Receipt) => void;
  readonly signal: AbortSignal;
}

/** Reads the receipt until it is what was asked for, or can be no more, or the time is up. */
export const waitFor = async ({ job, until, deadline, onReceipt, signal }: Waiting): Promise<number> => {
  let endedAt: number | undefined;
  let latest: Receipt | undefined;
  for (let reads = 0; ; reads++) {
    const receipt = await job.receipt({ signal }).catch(orUndefined);
    const now = performance.now();
    if (receipt) {
      latest = receipt;
      onReceipt(receipt);
      const code = judge(receipt, until);
      if (code !== undefined) return code;
      if (receipt.outcome === "stopped") endedAt ??= now;
    }
    if (latest && (now >= deadline || (endedAt !== undefined && now >= endedAt + patienceMs))) return judgeLate(latest);
    if (now >= deadline) return answers.tryAgain;
    const ms = Math.min(firstPauseMs * 1.5 ** reads, maxPauseMs, Math.max(1, deadline - now));
    await pause(ms, undefined, { signal });
  }
};

/** A server that is away for a moment is waited for. */
const orUndefined = (error: unknown): undefined => {
  if (!(error instanceof JobApiError) || !error.isTransient) throw error;
};
