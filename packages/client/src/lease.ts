import { setTimeout as pause } from "node:timers/promises";
import type { JobApi } from "./job-api.ts";
import { endedJobIn } from "./job-api-error.ts";
import { laterOf, type Moment, msSince, thisMoment } from "./moment.ts";
import { persist } from "./persist.ts";
import type { StopReason } from "./stop-reason.ts";
import type { EndState, StopRequest } from "./wire-views.ts";

export interface LeaseOptions {
  readonly api: Pick<JobApi, "heartbeat">;
  readonly uid: string;
  /** When the registration was sent: the lease counts from there. */
  readonly since: Moment;
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** Whether an outage as long as the lease is a reason to stop. */
  readonly onLost: "continue" | "stop";
  /** Called for each reason to stop that comes up; the first is the one that counts. */
  readonly onStop: (why: StopReason) => void;
}

export interface Lease {
  /** Takes a queued job into work. Rejects with the reason to stop when there is one before that. */
  start(signal: AbortSignal): Promise<void>;
  /** Sends a heartbeat at once, and hears by it of a reason to stop. Gives up silently. */
  check(): Promise<void>;
  /** Looks at the clocks, and calls `onStop` where the process has slept through its lease. */
  notice(): void;
  /** Ends the heartbeats. Resolves once the one that is on its way was answered: none may come after the last report. */
  release(): Promise<void>;
}

/** Ends no request before its time: an answer that nobody waits for may still be given. */
const patient = new AbortController().signal;

/**
 * Sends heartbeats until the lease is released, also while the work is stopping: a worker that takes its time to stop
 * is alive. The lease counts from when a heartbeat was sent, and the server's from when it came in, so that this side
 * always takes it for lost first.
 *
 * A lease is lost in two ways. Where heartbeats were tried and did not come through, there is an outage, and `onLost`
 * decides. Where none was tried for a whole lease, this process was asleep or blocked: the server may have concluded
 * that it stopped, so it has to stop.
 */
export const holdLease = ({ api, uid, since, timeoutMs, intervalMs, onLost, onStop }: LeaseOptions): Lease => {
  const released = new AbortController();
  const maxMs = Math.min(timeoutMs / 4, 10_000);
  let renewedAt = since;
  let triedAt = since;
  let fence: NodeJS.Timeout | undefined;
  let isFresh = false;

  const notice = (): void => {
    if (released.signal.aborted) return;
    const heard = onLost === "stop" ? renewedAt : triedAt;
    // Reading the uptime takes longer: once in each turn of the event loop, and whenever the monotonic clock is past.
    if (isFresh && performance.now() - heard.monotonicMs < timeoutMs) return;
    isFresh = true;
    setImmediate(() => {
      isFresh = false;
    }).unref();
    if (msSince(heard) >= timeoutMs) onStop({ kind: "lease-lost" });
  };

  const renew = (sentAt: Moment): void => {
    if (released.signal.aborted) return;
    renewedAt = laterOf(renewedAt, sentAt);
    if (onLost === "continue") return;
    clearTimeout(fence);
    fence = setTimeout(() => onStop({ kind: "lease-lost" }), timeoutMs - msSince(renewedAt));
  };

  const beat = async (report: { readonly state?: "running" }, signal: AbortSignal): Promise<void> => {
    try {
      const { sentAt, body } = await persist(
        async () => {
          notice();
          const sentAt = thisMoment();
          triedAt = sentAt;
          const { body } = await api.heartbeat(uid, report, patient);
          return { body, sentAt };
        },
        { signal, maxMs },
      );
      renew(sentAt);
      if (body.cancel) onStop(toStopReason(body.cancel));
    } catch (error) {
      const job = endedJobIn(error);
      if (job === undefined) throw error;
      end();
      onStop(
        job.cancel && job.state === "cancelled"
          ? toStopReason(job.cancel)
          : { kind: "ended", state: job.state as EndState },
      );
    }
  };

  const end = (): void => {
    released.abort();
    clearTimeout(fence);
  };

  const beatUntilReleased = async (signal: AbortSignal): Promise<void> => {
    let next = since.monotonicMs + intervalMs;
    while (!signal.aborted) {
      await pause(Math.max(0, next - performance.now()), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      // A refusal, e.g. of the token, may be put right while the lease lasts.
      const done = await beat({}, signal).then(
        () => true,
        () => false,
      );
      next = done ? renewedAt.monotonicMs + intervalMs : performance.now() + maxMs;
    }
  };

  renew(since);
  // No beat rejects it.
  const beating = beatUntilReleased(released.signal);

  return {
    notice,
    check: () => beat({}, released.signal).catch(() => {}),
    async release() {
      end();
      await beating;
    },
    async start(signal) {
      const either = AbortSignal.any([signal, released.signal]);
      const refused = await beat({ state: "running" }, either).then(
        () => undefined,
        (error: unknown) => error,
      );
      signal.throwIfAborted();
      if (refused !== undefined) throw refused;
    },
  };
};

/** Turns the stop request that a heartbeat carries into the reason to stop. */
export const toStopReason = ({ requestedBy, reason, requestedAt, stopBy }: StopRequest): StopReason => ({
  kind: "cancelled",
  requestedBy,
  reason,
  requestedAt: new Date(requestedAt),
  stopBy: new Date(stopBy),
});
