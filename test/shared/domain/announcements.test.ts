import { describe, expect, test } from "vitest";
import type { Change } from "../../../shared/domain/change.ts";
import { type CancelCommand, decideCancel, decideUnseen } from "../../../shared/domain/decide-cancel.ts";
import { decideFinish, decideHeartbeat, renewUnseen } from "../../../shared/domain/decide-report.ts";
import { expire } from "../../../shared/domain/expiry.ts";
import type { Job } from "../../../shared/domain/job.ts";
import { aJob, now } from "../../support/stack/jobs.ts";
import { stopping } from "./stopping-jobs.ts";

const command: CancelCommand = {
  rules: { states: ["queued", "running"], jobTypes: ["QUERY"], residue: [] },
  trigger: "http",
  requestedBy: "ops",
  requestedAt: now,
};
const queuedOnly: CancelCommand = { ...command, rules: { ...command.rules, states: ["queued"] } };

const later = now + 7000;
const queued = aJob({ state: "queued", heartbeatTimeoutSeconds: 60 });
const running = aJob({ heartbeatTimeoutSeconds: 60 });
const told = stopping().job;
const ended: Job = { ...told, state: "cancelled" };
const lapsed: Job = { ...told, heartbeatTimeoutSeconds: 5, graceSeconds: 5 };

const report = (job: Job, outcome: "succeeded" | "failed" | "cancelled") =>
  decideFinish(job, { outcome }, "worker-1", later).change;

/** What goes into the outbox, and which due queue the job is in next and how many seconds after `now`. */
const followedBy = (change: Change | undefined) => {
  const { announce = [], due } = change ?? {};
  return [announce.join(" "), typeof due === "object" ? `${due.on} +${(due.at - now) / 1000}` : due];
};

describe("what a write announces, and which due queue the job is in next", () => {
  test.each<[string, Change | undefined, string, string | undefined]>([
    ["a cancel of a running job", decideCancel(running, command, later).change, "requested", "reconcile +1"],
    ["one that was not seen yet", decideUnseen(command).change, "requested", "reconcile +1"],
    ["a cancel of a queued job", decideCancel(queued, command, later).change, "requested stopped", "reconcile +0"],
    ["one that was not seen yet", decideUnseen(queuedOnly).change, "requested stopped", "reconcile +0"],
    ["a second cancel", decideCancel(told, command, later).change, "", undefined],
    ["a cancel that is too late", decideCancel(ended, command, later).change, "", undefined],
    ["a heartbeat", decideHeartbeat(running, false, later).change, "", undefined],
    ["one that was not seen yet", renewUnseen(running.uid, later).change, "", undefined],
    ["one that carries the stop request", decideHeartbeat(told, false, later).change, "", undefined],
    ["the start of a queued job", decideHeartbeat(queued, true, later).change, "", "cleanup +127"],
    ["another start", decideHeartbeat(running, true, later).change, "", undefined],
    ["a success", report(running, "succeeded"), "", undefined],
    ["a failure", report(running, "failed"), "", undefined],
    ["a success of what was told to stop", report(told, "succeeded"), "completed-first", "reconcile +7"],
    ["a failure of what was told to stop", report(told, "failed"), "stopped", "reconcile +7"],
    ["the stop of what was told to stop", report(told, "cancelled"), "stopped", "reconcile +7"],
    ["a lost lease", expire(lapsed, later), "stopped", "reconcile +7"],
    ["one that a heartbeat finds", decideHeartbeat(lapsed, false, later).change, "stopped", "reconcile +7"],
    ["one that a cancel finds", decideCancel(lapsed, command, later).change, "stopped", "reconcile +7"],
  ])("%s", (_, change, announced, next) => {
    expect(change).toBeDefined();
    expect(followedBy(change)).toEqual([announced, next]);
  });

  test("a job that gave itself a runtime is looked at when that is over", () => {
    const short = { ...queued, maxRuntimeSeconds: 30 };
    expect(followedBy(decideHeartbeat(short, true, later).change)).toEqual(["", "cleanup +37"]);
  });
});

describe("who asked", () => {
  const claimOf = (given: Partial<CancelCommand>, job = running) =>
    decideCancel(job, { ...command, ...given }, later).change?.claim;

  test("stands in the receipt, and for whom where that is somebody else", () => {
    for (const job of [running, queued]) {
      const claim = claimOf({ requestedBy: "events", onBehalfOf: "nightly", trigger: "queue" }, job);
      expect(claim).toMatchObject({ requestedBy: "events", onBehalfOf: "nightly", trigger: "queue" });
      expect(claimOf({}, job)).not.toHaveProperty("onBehalfOf");
    }
  });
});

describe("a cancel because of silence", () => {
  const silent: CancelCommand = { ...command, ifSilent: true };

  test("is void once the worker is heard: it holds for the last sign of life that was seen", () => {
    expect(decideCancel(running, silent, later).change?.when).toEqual({
      uid: running.uid,
      heartbeatAt: running.heartbeatAt,
      states: ["running"],
      jobTypes: ["QUERY"],
    });
  });

  test("is the only one that a heartbeat voids", () => {
    expect(decideCancel(running, command, later).change?.when).not.toHaveProperty("heartbeatAt");
  });
});
