import { describe, expect, test } from "vitest";
import type { Change } from "../../../shared/domain/change.ts";
import { type CancelCommand, decideCancel, decideUnseen } from "../../../shared/domain/decide-cancel.ts";
import { decideFinish, decideHeartbeat } from "../../../shared/domain/decide-report.ts";
import { isTerminal, type Job, type JobState, jobStates } from "../../../shared/domain/job.ts";
import { aJob, now } from "../../support/stack/jobs.ts";

const command: CancelCommand = {
  rules: { states: ["queued", "running"], jobTypes: ["QUERY"], residue: ["half a table"] },
  trigger: "http",
  requestedBy: "ops",
  reason: "too dear",
  requestedAt: now,
};

/** A job as it is in each state when it was told to stop on the way there. */
const told = (state: JobState, given: Partial<Job> = {}, requestedAt = now): Job =>
  aJob({
    state,
    ...(state === "queued" || state === "running"
      ? {}
      : {
          cancellation: {
            trigger: "http",
            requestedBy: "ops",
            requestedAt,
            outcome: "stopping",
            steps: [{ at: requestedAt, step: "stop-requested" }],
            residue: [],
            repeats: 0,
          },
        }),
    ...given,
  });

/** What a change makes of a job, in short: `running → stopping`, `stopping +1`, `stopping ♥`. */
const effect = (job: Job, change: Change | undefined): string => {
  if (!change) return "–";
  if (change.set?.state)
    return `${job.state} → ${change.set.state}${change.conclude ? `, ${change.conclude.evidence?.kind}` : ""}`;
  return `${job.state} ${change.repeat ? "+1" : "♥"}`;
};

const lapsed = { heartbeatAt: now - 61_000 };

describe("the state table: every state × every request", () => {
  const cancel = (job: Job) => decideCancel(job, command, now);
  const heartbeat = (job: Job) => decideHeartbeat(job, false, now + 1);
  const start = (job: Job) => decideHeartbeat(job, true, now + 1);
  const finish = (outcome: "succeeded" | "failed" | "cancelled") => (job: Job) =>
    decideFinish(job, { outcome }, "worker-1", now);

  const requests = {
    cancel,
    heartbeat,
    start,
    succeeded: finish("succeeded"),
    failed: finish("failed"),
    cancelled: finish("cancelled"),
  };

  const table: Record<keyof typeof requests, Record<JobState, string>> = {
    cancel: {
      queued: "accepted: queued → cancelled",
      running: "accepted: running → stopping",
      stopping: "accepted: stopping +1",
      succeeded: "too-late: succeeded +1",
      failed: "too-late: failed +1",
      cancelled: "too-late: cancelled +1",
    },
    heartbeat: {
      queued: "recorded: queued ♥",
      running: "recorded: running ♥",
      stopping: "recorded: stopping ♥",
      succeeded: "refused: –",
      failed: "refused: –",
      cancelled: "refused: –",
    },
    start: {
      queued: "recorded: queued → running",
      running: "recorded: running ♥",
      stopping: "recorded: stopping ♥",
      succeeded: "refused: –",
      failed: "refused: –",
      cancelled: "refused: –",
    },
    succeeded: {
      queued: "not-started: –",
      running: "recorded: running → succeeded",
      stopping: "recorded: stopping → succeeded, worker-acknowledged",
      succeeded: "refused: –",
      failed: "refused: –",
      cancelled: "refused: –",
    },
    failed: {
      queued: "not-started: –",
      running: "recorded: running → failed",
      stopping: "recorded: stopping → cancelled, worker-acknowledged",
      succeeded: "refused: –",
      failed: "refused: –",
      cancelled: "refused: –",
    },
    cancelled: {
      queued: "not-started: –",
      running: "not-cancelled: –",
      stopping: "recorded: stopping → cancelled, worker-acknowledged",
      succeeded: "refused: –",
      failed: "refused: –",
      cancelled: "refused: –",
    },
  };

  const cells = Object.entries(requests).flatMap(([request, decide]) =>
    jobStates.map((state) => ({ request: request as keyof typeof requests, state, decide })),
  );

  test.each(cells)("$request while $state", ({ request, state, decide }) => {
    const job = told(state);
    const { change, outcome } = decide(job);
    expect(`${outcome}: ${effect(job, change)}`).toBe(table[request][state]);
  });

  test.each(cells)("$request while $state leaves a terminal state alone", ({ state, decide }) => {
    const { change } = decide(told(state));
    if (isTerminal(state)) expect(change?.set).toBeUndefined();
  });

  test.each(cells)("$request while $state binds its write to the incarnation and to the state", ({ state, decide }) => {
    const job = told(state);
    const { change } = decide(job);
    if (change) expect(change.when).toMatchObject({ uid: job.uid, states: [state] });
  });

  test.each(Object.entries(requests))("%s of a stopping job whose lease is over first ends it", (_, decide) => {
    const job = told("stopping", lapsed, now - 61_000);
    const { change, outcome } = decide(job);
    expect(outcome).toBeUndefined();
    expect(effect(job, change)).toBe("stopping → cancelled, lease-expired");
    expect(change?.when).toMatchObject({ uid: job.uid, heartbeatAt: job.heartbeatAt });
  });

  test.each(["queued", "running"] as const)("a late heartbeat of a %s job still renews its lease", (state) => {
    expect(decideHeartbeat(told(state, lapsed), false, now)).toMatchObject({ outcome: "recorded" });
  });
});

describe("cancel", () => {
  test("claims running jobs unseen where the service stops those, queued ones where it stops only those", () => {
    expect(decideUnseen(command).change?.when).toEqual({ states: ["running"], jobTypes: ["QUERY"] });
    const queuedOnly = { ...command, rules: { ...command.rules, states: ["queued"] as const } };
    expect(decideUnseen(queuedOnly).change?.when).toEqual({ states: ["queued"], jobTypes: ["QUERY"] });
  });

  test("makes a receipt that says who, why, and what stays behind", () => {
    expect(decideCancel(told("running"), command, now).change?.claim).toEqual({
      trigger: "http",
      requestedBy: "ops",
      reason: "too dear",
      requestedAt: now,
      outcome: "stopping",
      steps: [{ at: now, step: "stop-requested" }],
      residue: ["half a table"],
      repeats: 0,
    });
  });

  test("of a queued job ends at once: no start is let through, and nothing is left behind", () => {
    expect(decideCancel(told("queued"), command, now).change?.claim).toMatchObject({
      outcome: "stopped",
      evidence: { kind: "never-started", at: now, witness: "standdown" },
      assurance: "never-started",
      residue: [],
    });
  });

  test("is too late for a running job where the service cancels queued ones only", () => {
    const queuedOnly = { ...command, rules: { ...command.rules, states: ["queued"] as const } };
    expect(decideCancel(told("running"), queuedOnly, now)).toEqual({ outcome: "too-late" });
  });

  test("of a job that ended uncancelled writes nothing", () => {
    expect(decideCancel(aJob({ state: "succeeded" }), command, now)).toEqual({ outcome: "too-late" });
  });

  test("checks existence, then the account, the secret, the type, the state", () => {
    const all = { state: "succeeded", jobType: "SCALE_QUEUE", secretHash: "right", account: "1" } as const;
    const ask = (given: Partial<Job>, with_: Partial<CancelCommand>) =>
      decideCancel(aJob({ ...all, ...given }), { ...command, secretHash: "wrong", account: "2", ...with_ }, now)
        .outcome;
    expect(decideCancel(undefined, command, now).outcome).toBe("not-found");
    expect(ask({}, {})).toBe("not-found");
    expect(ask({}, { account: "1" })).toBe("wrong-secret");
    expect(ask({}, { account: "1", secretHash: "right" })).toBe("unsupported-type");
    expect(ask({ jobType: "QUERY" }, { account: "1", secretHash: "right" })).toBe("too-late");
  });

  test("by uid never touches another incarnation", () => {
    expect(decideCancel(told("running"), { ...command, uid: "another" }, now)).toEqual({ outcome: "not-found" });
  });
});

describe("evidence", () => {
  test.each([
    ["a heartbeat after the cancel", { heartbeatAt: now + 5_000 }, 65_000],
    ["the cancel, where the lease had lapsed by then", { heartbeatAt: now - 90_000 }, 60_000],
    ["the cancel, where it had almost lapsed", { heartbeatAt: now - 59_000 }, 60_000],
    ["a grace period that is longer", { heartbeatAt: now, graceSeconds: 300 }, 300_000],
  ])("of silence counts a whole lease from %s", (_, given, ms) => {
    const job = told("stopping", given);
    const skew = 1_000;
    expect(decideHeartbeat(job, false, now + ms + skew - 1).change?.conclude).toBeUndefined();
    expect(decideHeartbeat(job, false, now + ms + skew).change?.conclude).toMatchObject({
      evidence: { kind: "lease-expired", at: now + ms, witness: "standdown" },
      assurance: "presumed",
    });
  });

  test("of a worker that completed first leaves no residue of the stop", () => {
    const { change } = decideFinish(told("stopping"), { outcome: "succeeded", residue: ["x"] }, "worker-1", now + 5);
    expect(change?.conclude).toMatchObject({ outcome: "completed-first", evidence: { at: now + 5 }, residue: [] });
  });

  test("keeps the worker's own residue beside the service's", () => {
    const job = told("stopping");
    const residue = job.cancellation ? { ...job.cancellation, residue: ["half a table"] } : undefined;
    const { change } = decideFinish(
      { ...job, ...(residue && { cancellation: residue }) },
      { outcome: "failed", residue: ["x"] },
      "worker-1",
      now,
    );
    expect(change?.conclude?.residue).toEqual(["half a table", "x"]);
  });
});

test("the stop request is recorded as delivered once", () => {
  const job = told("stopping");
  const first = decideHeartbeat(job, false, now + 1).change;
  expect(first?.step).toMatchObject({ step: "stop-request-delivered", at: now + 1 });
  const steps = [...(job.cancellation?.steps ?? []), first?.step ?? { at: 0, step: "none" }];
  const heard = { ...job, ...(job.cancellation && { cancellation: { ...job.cancellation, steps } }) };
  expect(decideHeartbeat(heard, false, now + 2).change?.step).toBeUndefined();
});
