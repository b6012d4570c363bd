import { matchPolicies } from "../../../functions/cleanup-stale-jobs/match-policies.ts";
import { probeWorker } from "../../../shared/backends/worker/backend.ts";
import { functionSkewMs } from "../../../shared/domain/clock-skew.ts";
import { type CancelCommand, decideCancel, decideUnseen } from "../../../shared/domain/decide-cancel.ts";
import { decideReconcile, type EscalationSteps, type Probe } from "../../../shared/domain/decide-reconcile.ts";
import { decideFinish, decideHeartbeat, renewUnseen } from "../../../shared/domain/decide-report.ts";
import { decideTakeover } from "../../../shared/domain/decide-takeover.ts";
import { expire } from "../../../shared/domain/expiry.ts";
import type { Instant, Job } from "../../../shared/domain/job.ts";
import { jobKey, jobUid } from "../../../shared/domain/job-key.ts";
import { addRun, type Listening, type RunRecord, toListening } from "../../../shared/domain/listening.ts";
import { isMeantForEarlier } from "../../../shared/domain/may-cancel.ts";
import { keyedRegistration } from "../../../shared/domain/registration-id.ts";
import { keepFormerDigest } from "../../../shared/domain/request-digests.ts";
import { postpone } from "../../../shared/domain/staleness.ts";
import { aJob, now } from "../stack/jobs.ts";
import { applyChange } from "./apply-change.ts";
import * as ledger from "./model-ledger.ts";

/**
 * What one request may be. A `message` is one cancel from a queue, sent before anything else happened, that leaves a
 * tombstone; it may be delivered several times. All that are `signed` are the same bytes. Whatever names an incarnation
 * names the first.
 */
export type Request =
  | ("cancel" | "signed" | "message" | "cancel by uid" | "cleanup" | "check" | "sweep")
  | ("register" | "register anew" | "register by key")
  | ("heartbeat" | "start" | "succeeded" | "failed" | "cancelled" | "read");

/** Everything that decides, as in production. A test of the test breaks one of them. */
export const production = {
  decideUnseen,
  decideCancel,
  renewUnseen,
  decideHeartbeat,
  decideFinish,
  decideReconcile,
  decideTakeover,
  expire,
  postpone,
  isMeantForEarlier,
  keepFormerDigest,
  matchPolicies,
  applyChange: applyChange as ledger.Apply,
  register: ledger.register,
  putTombstone: ledger.putTombstone,
  due: ledger.due,
  /** What may leave the outbox, of all that the bus was given and of what it says it has taken. */
  told: (_given: readonly string[], taken: readonly string[]) => taken,
};
export type System = typeof production;

/** The circumstances of the job. */
export interface Setting {
  readonly state: "queued" | "running" | "not registered";
  readonly maxRuntimeSeconds?: number;
  readonly maxQueuedSeconds?: number;
  /** A worker's heartbeats are all that can be asked for; another backend has two steps, and may answer anything. */
  readonly backend: "worker" | "two steps";
  /** Since when the cleanup has listened, in seconds after the start. */
  readonly listeningSince?: number;
  /** From when to when the cleanup finds that the API is down. */
  readonly outage?: readonly [from: number, to: number];
  readonly busFails?: true;
  /** How far the clock of the function that deals with such a request is ahead, in milliseconds. */
  readonly clocks?: Partial<Record<Request, number>>;
  /** The index of what is due shows what stood at some earlier moment. */
  readonly indexLags?: true;
  /** A backend may say that it will know whether the work has stopped in a quarter of an hour. */
  readonly promises?: true;
}

/** A moment, by the seconds since the start. */
export const at = (seconds: number): Instant => now + seconds * 1000;

/** The principal of the worker. */
export const reporter = "cancel";

export const leaseSeconds = 10;
export const graceSeconds = 5;
export const tombstoneSeconds = 15;
const project = "b02ce40e8cb84a8e980fdb11fac657db";
const key = jobKey("dli", [project], "model");
export const firstUid = jobUid(now, key);

export const jobAt = (time: Instant, { state, maxRuntimeSeconds, maxQueuedSeconds }: Setting): Job => {
  const { startedAt, ...job } = aJob({
    uid: jobUid(time, key),
    jobId: "model",
    registeredBy: reporter,
    state: state === "queued" ? "queued" : "running",
    registeredAt: time,
    heartbeatTimeoutSeconds: leaseSeconds,
    graceSeconds,
    ...(maxRuntimeSeconds === undefined ? {} : { maxRuntimeSeconds }),
    ...(maxQueuedSeconds === undefined ? {} : { maxQueuedSeconds }),
  });
  return state === "queued" || startedAt === undefined ? job : { ...job, startedAt };
};

export const sameBytes = "the digest of one signature";

export const commandOf = (kind: Request, time: Instant): CancelCommand => ({
  rules: { states: ["queued", "running"], jobTypes: ["QUERY"], residue: [] },
  trigger: kind === "cleanup" ? "schedule" : kind === "message" ? "queue" : "http",
  requestedBy: kind,
  requestedAt: time,
  ...(kind === "cancel" || kind === "signed" ? { askedAt: time + functionSkewMs } : {}),
  ...(kind === "signed" ? { requestDigest: sameBytes } : {}),
  ...(kind === "message" ? { askedAt: now - 1, beforeJob: true } : {}),
});

/** What is the same in all worlds of one exploration. */
export interface Rules {
  readonly setting: Setting;
  readonly kinds: readonly Request[];
  readonly system: System;
}

export const escalations: Readonly<Record<Setting["backend"], EscalationSteps>> = {
  worker: [{ name: "ask the worker" }],
  "two steps": [{ name: "interrupt" }, { name: "terminate", graceSeconds }],
};

/** The clock of the function that deals with such a request. */
export const clockOf = (kind: Request, time: Instant, { setting }: Rules): Instant =>
  time + (setting.clocks?.[kind] ?? 0);

/** Only a client that sends a key may send the same registration again after another has taken its job's place. */
export const registrationOf = (kind: Request): string =>
  kind === "register by key" ? keyedRegistration(reporter, "model", "K1") : kind;

/** All that a backend may say when it is asked whether the work has stopped. */
export const probesOf = (job: Job, { backend, promises }: Setting, time: Instant): readonly Probe[] =>
  backend === "worker"
    ? [probeWorker(job, time)]
    : [
        { kind: "alive" },
        ...(promises ? [{ kind: "unknown", until: time + 900_000 } as const] : []),
        { kind: "unknown" },
        {
          kind: "stopped",
          state: "cancelled",
          evidence: { kind: "process-gone", witness: "the backend", detail: "gone" },
        },
        {
          kind: "stopped",
          state: "succeeded",
          evidence: { kind: "provider-reported", witness: "the backend", detail: "it says so" },
        },
      ];

/** In the model the cleanup runs every second, from when on it listens. */
export const listening = (setting: Setting, time: Instant): Listening => {
  const { listeningSince = 0, outage: [from, to] = [0, 0] } = setting;
  if (setting.listeningSince === undefined && setting.outage === undefined) return "always";
  let record: RunRecord = { ranAt: at(listeningSince - 1), intervalMs: 0, runs: [] };
  for (let second = listeningSince; at(second) <= time; second++)
    record = addRun(record, at(second), second < from || second >= to);
  return toListening(record, record);
};
