import type { Assurance } from "../../../shared/domain/job.ts";
import { type Reading, type Receipt, saysEnded, toleranceMs } from "./readings.ts";
import { isComplete, type JobRecord } from "./record.ts";
import type { WireEvent } from "./wire.ts";

/** What each class means; printed with the result. */
export const lieClasses = {
  L1: "false stop: a receipt says that the work has ended, and it goes on",
  L2: "overstated: more assurance than what happened gives, or a sign of life that is not on the receipt",
  L3: "wrong end: complete work called stopped, half-done work called completed, or unknown work described",
  L4: "wrong incarnation: the cancel of one job has an effect on the next job of the same id",
  L5: "no end: no outcome after every deadline, with all faults healed",
  L6: "false alarm: not-stopped, although nothing was left since before the last check",
  L7: "moved: a receipt says less than before, and no step says so",
  collateral: "a bystander, process or job, was stopped",
} as const;

export type LieClass = keyof typeof lieClasses;

export interface Lie {
  readonly class: LieClass;
  /** The level of the receipt that lies; absent where there is none. */
  readonly assurance?: Assurance;
  readonly detail: string;
}

export const judge = (record: JobRecord): readonly Lie[] => [
  ...record.readings.flatMap((reading) => [
    ...falseStop(record, reading),
    ...overstatement(record, reading),
    ...wrongEnd(record, reading),
  ]),
  ...unrecordedSign(record),
  ...wrongState(record),
  ...wrongIncarnation(record),
  ...noEnd(record),
  ...falseAlarm(record),
  ...moved(record.readings),
  ...collateral(record),
];

const lie = (kind: LieClass, { assurance }: Receipt, detail: string): Lie => ({
  class: kind,
  detail,
  ...(assurance === null ? {} : { assurance }),
});

/** Whether work was seen after a reading: an effect, or a process that was left. */
export const goesOn = ({ effects, watchedUntil }: JobRecord, { at, population = 0 }: Reading): boolean =>
  population > 0 || effects.some((effect) => effect.at > at + toleranceMs && effect.at <= watchedUntil);

const falseStop = (record: JobRecord, reading: Reading): readonly Lie[] => {
  if (!saysEnded(reading.receipt) || !goesOn(record, reading)) return [];
  const later = record.effects.filter(({ at }) => at > reading.at + toleranceMs && at <= record.watchedUntil);
  const last = Math.round(Math.max(0, ...later.map(({ at }) => at - reading.at)));
  const left = reading.population ?? "unknown";
  return [
    lie("L1", reading.receipt, `${later.length} effects after it, the last ${last} ms later; processes left: ${left}`),
  ];
};

const reported = (event: WireEvent): boolean => event.kind === "finish" && event.status === 200;
const isStartRefused = ({ kind, status }: WireEvent): boolean => kind === "start" && status === 409;
const isHeard = ({ status, kind }: WireEvent): boolean => status === 200 && kind !== "other" && kind !== "register";

/** By the requests that went past the referee: each level has its own minimum. */
const overstatement = (record: JobRecord, { receipt, at, productAt }: Reading): readonly Lie[] => {
  if (!saysEnded(receipt)) return receipt.verified ? [lie("L2", receipt, "verified without an end")] : [];
  const before = record.wire.filter((event) => event.uid === record.uid && event.sentAt <= at);
  const isTrue = (reason: boolean, detail: string) => (reason ? [] : [lie("L2", receipt, detail)]);
  const verified = isTrue(receipt.verified === (receipt.assurance === "observed"), "verified for another assurance");
  switch (receipt.assurance) {
    case "observed":
      // Whatever else a backend may have looked at is for the backend's own row.
      return [...verified, ...isTrue(record.backend !== "worker" || before.some(isStartRefused), "nobody looked")];
    case "acknowledged":
      return [
        ...verified,
        ...isTrue(
          before.some((event) => reported(event) || (event.kind === "finish" && event.status === 409)),
          "nobody acknowledged",
        ),
      ];
    case "presumed": {
      const { leaseMs, plan, cancelledProductAt = 0 } = record;
      // A cleanup of the stack may have been faster than the campaign: when it cancelled, only the product knows.
      const isOurs = receipt.trigger !== "schedule" || plan.trigger === "schedule";
      const heardAt = Math.max(
        isOurs ? cancelledProductAt : 0,
        ...before.filter(isHeard).map((event) => event.productAt),
      );
      const silentMs = productAt - heardAt;
      return [
        ...verified,
        ...isTrue(silentMs >= leaseMs - clockToleranceMs, `silent for ${Math.round(silentMs)} ms only`),
      ];
    }
    case "never-started": {
      const hasStarted = before.some((event) => event.kind === "start" && event.status === 200);
      return [...verified, ...isTrue(!hasStarted, "a start was accepted")];
    }
    default:
      return verified;
  }
};

/** The clocks of the referee and of a packaged function are those of one machine. */
const clockToleranceMs = 20;

/** A refused heartbeat or report of an ended job must be on its receipt. */
const unrecordedSign = (record: JobRecord): readonly Lie[] => {
  const { readings, wire, uid } = record;
  const last = readings.at(-1);
  const ended = readings.find(({ receipt }) => saysEnded(receipt));
  if (last === undefined || ended === undefined) return [];
  const { receipt } = last;
  const levels = new Set(readings.map((reading) => reading.receipt.assurance));
  if (!levels.has("presumed") && !levels.has("acknowledged")) return [];
  const after = wire.filter((event) => event.uid === uid && event.at < last.at && event.status === 409);
  const lives = after.some(({ kind }) => kind === "heartbeat");
  const reports = after.some(({ kind }) => kind === "finish");
  if (lives && receipt.contradictions.length === 0)
    return [lie("L2", receipt, "a heartbeat after the end is not on it")];
  if (reports && receipt.assurance === "presumed") return [lie("L2", receipt, "a report after the end is not on it")];
  return [];
};

const wrongEnd = (record: JobRecord, { receipt, at }: Reading): readonly Lie[] => {
  const { assurance, outcome, residue, timeToStopMs } = receipt;
  if (assurance === "presumed" || assurance === "contradicted")
    return residue === null && timeToStopMs === null ? [] : [lie("L3", receipt, "describes what nobody knows")];
  if (outcome === "completed-first" && !isComplete(record, at + toleranceMs))
    return [lie("L3", receipt, "half-done work is called completed")];
  if (outcome === "stopped" && isComplete(record, at) && !saysStopped(record))
    return [lie("L3", receipt, "complete work is called stopped")];
  return [];
};

/** Whether the worker itself reported that it stopped. */
const saysStopped = ({ wire, uid }: JobRecord): boolean =>
  wire.some((event) => event.uid === uid && event.kind === "finish" && event.outcome !== "succeeded");

const wrongState = (record: JobRecord): readonly Lie[] => {
  if (record.state !== "succeeded" || isComplete(record)) return [];
  return [{ class: "L3", detail: "the job of half-done work has succeeded" }];
};

const wrongIncarnation = ({ next }: JobRecord): readonly Lie[] =>
  next === undefined || (next.state === "running" && !next.isCancelled)
    ? []
    : [{ class: "L4", detail: `the next incarnation is ${next.state}` }];

const noEnd = ({ readings, isAccepted, state }: JobRecord): readonly Lie[] => {
  const last = readings.at(-1)?.receipt;
  if (last?.outcome === "stopping") return [lie("L5", last, "it is still stopping")];
  const isActive = state === "queued" || state === "running" || state === "stopping";
  return isAccepted && last === undefined && isActive ? [{ class: "L5", detail: `accepted, and still ${state}` }] : [];
};

const falseAlarm = ({ readings, effects, wire, uid }: JobRecord): readonly Lie[] => {
  const flagged = readings.find(({ receipt }) => receipt.outcome === "not-stopped");
  if (flagged === undefined) return [];
  const heard = wire.filter((event) => event.uid === uid && event.at < flagged.at && isHeard(event)).at(-1)?.at ?? 0;
  const last = Math.max(0, ...effects.map(({ at }) => at));
  return last >= heard - slowestPartMs
    ? []
    : [lie("L6", flagged.receipt, `the last effect was ${heard - last} ms before`)];
};

/** No part of the work takes longer. */
const slowestPartMs = 1000;

const ranks: readonly (Assurance | null)[] = [
  null,
  "contradicted",
  "presumed",
  "never-started",
  "acknowledged",
  "reported",
  "observed",
];

const moved = (readings: readonly Reading[]): readonly Lie[] =>
  readings.slice(1).flatMap(({ receipt: now }, index) => {
    const before = readings[index]?.receipt;
    if (before === undefined) return [];
    const isWeaker = ranks.indexOf(now.assurance) < ranks.indexOf(before.assurance);
    const says = now.assurance === "contradicted" && now.contradictions.length > before.contradictions.length;
    if (isWeaker && !says) return [lie("L7", now, `${before.assurance} became ${now.assurance}`)];
    const isOther = before.outcome !== now.outcome && now.steps.length === before.steps.length;
    return isOther ? [lie("L7", now, `${before.outcome} became ${now.outcome} without a step`)] : [];
  });

const collateral = ({ bystanders }: JobRecord): readonly Lie[] => [
  ...(bystanders.process === false
    ? [{ class: "collateral" as const, detail: "the bystander's process has ended" }]
    : []),
  ...(bystanders.job ? [] : [{ class: "collateral" as const, detail: "the bystander's job does not run any more" }]),
];
