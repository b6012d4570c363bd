import type { Request, Setting } from "./model-setting.ts";
import type { Scenario } from "./state-model.ts";

const scenario = (
  requests: readonly Request[],
  moments: readonly number[],
  given: Partial<Setting> = {},
): Scenario => ({
  setting: { state: "running", backend: "worker", ...given },
  requests,
  moments,
});

/** A grace period is over after 5 s, a lease after 10, a tombstone 15 s after its message. */
export const scenarios = {
  "two cancels and a success": scenario(["cancel", "cancel", "succeeded", "heartbeat", "read"], [12]),
  "two cancels and a failure": scenario(["cancel", "cancel", "failed", "cancelled"], [6, 12]),
  "two reports": scenario(["cancel", "cancelled", "cancelled", "succeeded", "heartbeat"], [12]),
  "a start": scenario(["cancel", "cancel", "start", "succeeded"], [12], { state: "queued" }),
  "a start and a check": scenario(["cancel", "start", "cancelled", "sweep"], [12], { state: "queued" }),
  "an acknowledgement": scenario(["cancel", "check", "cancelled", "heartbeat"], [6, 12]),
  "two checks": scenario(["cancel", "check", "sweep", "succeeded"], [6, 12]),
  "a bus that fails": scenario(["cancel", "sweep", "sweep", "succeeded"], [6, 80], { busFails: true }),
  "an escalation": scenario(["cancel", "sweep", "check", "succeeded"], [6], { backend: "two steps" }),
  "the end of an escalation": scenario(["cancel", "sweep", "sweep"], [5, 10], { backend: "two steps" }),
  "a worker that hangs": scenario(["cleanup", "cleanup", "heartbeat", "succeeded"], [12, 25, 45]),
  "a worker that hangs and is cancelled": scenario(["cleanup", "cancel", "heartbeat", "cancelled"], [20]),
  "an outage of the cleanup": scenario(["cleanup", "cleanup", "heartbeat", "cancel"], [20, 36], { listeningSince: 15 }),
  "a job past its time": scenario(["cleanup", "cleanup", "heartbeat", "sweep"], [6, 12], { maxRuntimeSeconds: 6 }),
  "a job that waits for too long": scenario(["cleanup", "cleanup", "start", "sweep"], [6, 12], {
    state: "queued",
    maxQueuedSeconds: 6,
  }),
  "a worker that beats late": scenario(["cleanup", "heartbeat", "heartbeat", "cleanup"], [16, 19, 27, 40]),
  "a tombstone": scenario(["message", "message", "register", "register anew"], [6, 22], { state: "not registered" }),
  "a message twice": scenario(["message", "message", "cancelled", "register anew"], [6, 12]),
  "a slow message": scenario(["message", "start", "succeeded", "register anew"], [6], { state: "queued" }),
  "the next incarnation": scenario(["message", "cancel", "succeeded", "register anew"], [6]),
  "the same bytes twice": scenario(["signed", "signed", "cancelled", "register anew"], [6]),
  "the same bytes too late": scenario(["signed", "signed", "failed", "register anew"], [12]),
  "a takeover": scenario(["register anew", "heartbeat", "succeeded", "cancel"], [12, 20]),
  "a takeover of what is to stop": scenario(["cancel", "register anew", "heartbeat", "cancelled"], [12, 20]),
  "heartbeats that overlap": scenario(["cancel", "heartbeat", "heartbeat", "heartbeat", "read"], [2, 11.5]),
  "a life after the end": scenario(["cancel", "heartbeat", "cancelled", "sweep"], [12]),
  "a lease that is over before the cancel": scenario(["cancel", "sweep", "heartbeat"], [11, 16, 22]),
  "an outage of the API": scenario(["cleanup", "cleanup", "heartbeat", "succeeded"], [19, 24, 45], {
    outage: [12, 22],
  }),
  "a lease while clocks differ": scenario(["cancel", "sweep", "heartbeat", "heartbeat"], [2, 11.5], {
    clocks: { sweep: 900 },
  }),
  "a cancel while clocks differ": scenario(["failed", "register anew", "cancel", "heartbeat"], [1, 6], {
    clocks: { "register anew": 900, cancel: -900 },
  }),
  "a key over incarnations": scenario(
    ["register by key", "register by key", "failed", "register anew", "cancel"],
    [12],
    { state: "not registered" },
  ),
  "an index that lags": scenario(["cancel", "sweep", "cleanup", "heartbeat"], [16, 22], { indexLags: true }),
  "a backend that promises to know": scenario(["cancel", "check", "heartbeat"], [6], {
    backend: "two steps",
    promises: true,
  }),
  "a late call to the first": scenario(["cancel by uid", "heartbeat", "failed", "register anew"], [12]),
} satisfies Record<string, Scenario>;
