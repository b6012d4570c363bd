import type { Plan } from "../plan/plan.ts";
import type { Effect } from "./effects.ts";
import type { Reading } from "./readings.ts";
import type { WireEvent } from "./wire.ts";

/** All that the referee knows about one job at its end. */
export interface JobRecord {
  readonly plan: Plan;
  readonly uid: string;
  /** The backend's kind, as it is registered. */
  readonly backend: string;
  readonly leaseMs: number;
  readonly readings: readonly Reading[];
  readonly effects: readonly Effect[];
  readonly wire: readonly WireEvent[];
  /** Of the main lane. The work is complete when it has done the last. */
  readonly parts: number;
  /** When the cancel was sent first, by the monotonic clock and by the product's; undefined where it never was. */
  readonly cancelledAt?: number;
  readonly cancelledProductAt?: number;
  /** Whether the product said that it took the cancel. */
  readonly isAccepted: boolean;
  /** The state that the job had at the end. */
  readonly state: string;
  /** The incarnation after, where the id was registered again. */
  readonly next?: { readonly state: string; readonly isCancelled: boolean };
  readonly bystanders: { readonly process: boolean | undefined; readonly job: boolean };
  readonly beganAt: number;
  /** Until when the referee watched. What the work does after that is not counted. */
  readonly watchedUntil: number;
  /** The faults that have really happened. */
  readonly fired: readonly string[];
  /** Why the job could not be brought to its end by the campaign itself. */
  readonly broken?: string;
}

/** Whether the main lane has done its last part by a moment. */
export const isComplete = ({ effects, parts }: Pick<JobRecord, "effects" | "parts">, by = Number.POSITIVE_INFINITY) =>
  effects.some(({ part, at, incarnation }) => incarnation === 1 && part === `m${parts}` && at <= by);
