import { setTimeout as pause } from "node:timers/promises";
import type { JobApi } from "./job-api.ts";
import { endedJobIn } from "./job-api-error.ts";
import { persist } from "./persist.ts";
import type { StopReason } from "./stop-reason.ts";
import type { EndState, StopRequest } from "./wire-views.ts";

export interface LeaseOptions {
  readonly api: Pick<JobApi, "heartbeat">;
  readonly uid: string;
  /** When the registration was sent, by the monotonic clock: the lease counts from there. */
  readonly since: number;
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** Called for each reason to stop that comes up; the first is the one that counts. */
  readonly onStop: (why: StopReason) => void;
}

export interface Lease {
  /** Takes a queued job into work. Rejects with the reason to stop when there is one before that. */
  start(signal: AbortSignal): Promise<void>;
  /** Ends the heartbeats and lets go of every timer and connection. */
  release(): void;
}

/**
 * Sends heartbeats until the lease is released, also while the work is stopping: a worker that takes its time to stop
 * is alive. The lease counts from when a heartbeat was sent, and the server's from when it came in, so that this side
 * always takes it for lost first. All by the monotonic clock, which no correction of the time of day moves. It may
 * stand still with a machine that sleeps: after that, the answer to the next heartbeat tells what has happened.
 */
export const holdLease = ({ api, uid, since, timeoutMs, intervalMs, onStop }: LeaseOptions): Lease => {
  const released = new AbortController();
  const maxMs = timeoutMs / 4;
  let renewedAt = since;
  let fence: NodeJS.Timeout | undefined;

  const renew = (sentAt: number): void => {
    if (released.signal.aborted) return;
    renewedAt = Math.max(renewedAt, sentAt);
    clearTimeout(fence);
    fence = setTimeout(() => onStop({ kind: "lease-lost" }), renewedAt + timeoutMs - performance.now());
  };

  const release = (): void => {
    released.abort();
    clearTimeout(fence);
  };

  const beat = async (report: { readonly state?: "running" }, signal: AbortSignal): Promise<void> => {
    try {
      const { body, sentAt } = await persist(() => api.heartbeat(uid, report, signal), { signal, maxMs });
      renew(sentAt);
      if (body.cancel) onStop(toStopReason(body.cancel));
    } catch (error) {
      const job = endedJobIn(error);
      if (job === undefined) throw error;
      release();
      onStop(
        job.cancel && job.state === "cancelled"
          ? toStopReason(job.cancel)
          : { kind: "ended", state: job.state as EndState },
      );
    }
  };

  const beatUntilReleased = async (signal: AbortSignal): Promise<void> => {
    let next = since + intervalMs;
    while (!signal.aborted) {
      await pause(Math.max(0, next - performance.now()), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      // A refusal, e.g. of the token, may be put right while the lease lasts.
      const done = await beat({}, signal).then(
        () => true,
        () => false,
      );
      next = done ? renewedAt + intervalMs : performance.now() + maxMs;
    }
  };

  renew(since);
  // Ends with the lease; a beat that fails ends nothing.
  void beatUntilReleased(released.signal);

  return {
    release,
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
