import { describe, expect, test } from "vitest";
import { type CancelCommand, decideCancel, decideUnseen, requestOf } from "../../../shared/domain/decide-cancel.ts";
import type { JobState } from "../../../shared/domain/job.ts";
import { aJob, now } from "../../support/stack/jobs.ts";

const command: CancelCommand = {
  rules: { states: ["queued", "running"], jobTypes: ["QUERY"], residue: ["half a table"] },
  trigger: "http",
  requestedBy: "ops",
  requestedAt: now,
};
const queuedOnly: CancelCommand = { ...command, rules: { ...command.rules, states: ["queued"] } };
const running = aJob();

describe("a cancel of a job that was not seen yet", () => {
  test("claims a running job with one write", () => {
    expect(decideUnseen(command)).toStrictEqual({
      change: {
        when: { jobTypes: ["QUERY"], states: ["running"] },
        set: { state: "stopping" },
        claim: {
          trigger: "http",
          requestedBy: "ops",
          requestedAt: now,
          outcome: "stopping",
          steps: [{ at: now, step: "stop-requested" }],
          residue: ["half a table"],
          repeats: 0,
        },
        announce: ["requested"],
        due: { on: "reconcile", at: now + 1000 },
      },
      outcome: "accepted",
    });
  });

  test("ends a queued job with one write, and says how it is known to have stopped", () => {
    expect(decideUnseen(queuedOnly)).toStrictEqual({
      change: {
        when: { jobTypes: ["QUERY"], states: ["queued"] },
        set: { state: "cancelled", endedAt: now },
        claim: {
          trigger: "http",
          requestedBy: "ops",
          requestedAt: now,
          outcome: "stopped",
          evidence: {
            kind: "never-started",
            at: now,
            witness: "standdown",
            detail: "the job was queued, and every start is refused from now on",
          },
          assurance: "never-started",
          steps: [
            { at: now, step: "stop-requested" },
            { at: now, step: "never-started" },
          ],
          residue: [],
          repeats: 0,
        },
        announce: ["requested", "stopped"],
        due: { on: "reconcile", at: now },
      },
      outcome: "accepted",
    });
  });

  const asked = { askedAt: now, secretHash: "hash", account: "1" };

  test.each<[string, Partial<CancelCommand>, object]>([
    ["nothing but the type", {}, {}],
    ["the times, the secret and the account, where it is named natively", asked, { ...asked, firstBy: now + 2_000 }],
    ["no time of a first registration, where it may come first", { ...asked, beforeJob: true }, asked],
    ["what the same bytes have not asked before", { requestDigest: "bytes" }, { notFormerDigest: "bytes" }],
    [
      "the uid in place of the time, where that is given",
      { ...asked, uid: "u" },
      { ...asked, askedAt: undefined, uid: "u" },
    ],
    ["the uid alone", { uid: "u" }, { uid: "u" }],
  ])("is bound to %s", (_, given, guards) => {
    const expected = Object.fromEntries(Object.entries(guards).filter(([, value]) => value !== undefined));
    for (const [asks, state] of [
      [command, "running"],
      [queuedOnly, "queued"],
    ] as const)
      expect(decideUnseen({ ...asks, ...given }).change?.when).toStrictEqual({
        ...expected,
        jobTypes: ["QUERY"],
        states: [state],
      });
  });
});

describe("a cancel of a job that was seen", () => {
  test("is bound to its incarnation, and not to the time of the request", () => {
    const { change } = decideCancel(running, { ...command, askedAt: now, ifSilent: true }, now);
    expect(change?.when).toStrictEqual({
      uid: running.uid,
      jobTypes: ["QUERY"],
      heartbeatAt: running.heartbeatAt,
      states: ["running"],
    });
  });

  test("keeps the digest of its request, so that the same bytes are known again", () => {
    const asks = { ...command, requestDigest: "bytes" };
    expect(decideUnseen(asks).change).toMatchObject({ requestDigest: "bytes" });
    expect(decideUnseen({ ...queuedOnly, requestDigest: "bytes" }).change).toMatchObject({ requestDigest: "bytes" });
    expect(decideUnseen(command).change).not.toHaveProperty("requestDigest");
  });

  test.each(["succeeded", "failed"] as const)("that came too late for one that %s keeps the digest alone", (state) => {
    const ended = aJob({ state });
    const asks = { ...command, requestDigest: "bytes" };
    expect(decideCancel(ended, asks, now)).toStrictEqual({
      change: { when: { uid: ended.uid, states: [state], notFormerDigest: "bytes" }, requestDigest: "bytes" },
      outcome: "too-late",
    });
    const known = { ...ended, requestDigests: ["bytes"] };
    expect(decideCancel(known, asks, now)).toStrictEqual({ outcome: "too-late" });
    expect(decideCancel(ended, command, now)).toStrictEqual({ outcome: "too-late" });
  });

  test("of a type that cannot be cancelled keeps no digest", () => {
    const other = aJob({ state: "succeeded", jobType: "LOAD" });
    const asks = { ...command, requestDigest: "bytes" };
    expect(decideCancel(other, asks, now)).toStrictEqual({ outcome: "unsupported-type" });
  });

  test("that is repeated keeps the digest of the repeat, once", () => {
    const { change } = decideCancel(running, { ...command, requestDigest: "bytes" }, now);
    const stopping = aJob({ state: "stopping", ...(change?.claim && { cancellation: change.claim }) });
    const again = { ...command, requestDigest: "more" };
    expect(decideCancel(stopping, again, now).change).toMatchObject({ requestDigest: "more", repeat: true });
    const known = { ...stopping, requestDigests: ["more"] };
    expect(decideCancel(known, again, now).change).toStrictEqual({
      when: { uid: stopping.uid, states: ["stopping"], notFormerDigest: "more" },
      repeat: true,
    });
  });

  test("keeps the reason, and for whom it was asked", () => {
    const { change } = decideCancel(running, { ...command, reason: "too dear", onBehalfOf: "nightly" }, now);
    expect(change?.claim).toMatchObject({ reason: "too dear", onBehalfOf: "nightly" });
  });

  test("keeps nothing of the command but the request", () => {
    expect(requestOf({ ...command, reason: "too dear", onBehalfOf: "nightly", uid: "u" })).toStrictEqual({
      trigger: "http",
      requestedBy: "ops",
      onBehalfOf: "nightly",
      reason: "too dear",
      requestedAt: now,
    });
    expect(requestOf(command)).toStrictEqual({ trigger: "http", requestedBy: "ops", requestedAt: now });
  });

  test("of a state that no version knows fails loudly", () => {
    const unknown = aJob({ state: "paused" as JobState });
    expect(() => decideCancel(unknown, command, now)).toThrow("unknown state paused");
  });
});
