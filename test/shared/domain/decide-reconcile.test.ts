import { describe, expect, test } from "vitest";
import type { Decision } from "../../../shared/domain/change.ts";
import type { NextCheck, Probe } from "../../../shared/domain/decide-reconcile.ts";
import { now } from "../../support/stack/jobs.ts";
import { decide, grace, seconds, stopped, stopping } from "./stopping-jobs.ts";

/** What is decided, in a few words. */
const inFewWords = (decided: Decision<NextCheck>, at: number): string => {
  if (decided.change === undefined) return `check in ${(decided.outcome.checkAt - at) / seconds} s`;
  const { set, conclude, escalation } = decided.change;
  if (escalation) return `step ${escalation.step} until +${(escalation.deadline - at) / seconds} s`;
  return [set?.state ?? "still stopping", conclude?.outcome].join(", ");
};

describe("every probe × deadline × step × outcome", () => {
  const probes = {
    alive: { kind: "alive" },
    "not known": { kind: "unknown" },
    "known in 5 s": { kind: "unknown", until: 5 * seconds },
    "known 1 s ago": { kind: "unknown", until: -1 * seconds },
    succeeded: stopped("succeeded"),
    failed: stopped("failed"),
    cancelled: stopped("cancelled"),
  } as const satisfies Record<string, Probe>;
  type ProbeName = keyof typeof probes;

  /** Seconds from the request to the deadline of each step, when it was reached 100 s after the request. */
  const situations = {
    "step 0": { deadline: grace, given: {} },
    "step 1": { deadline: 110, given: { escalation: { step: 1, deadline: now + 110 * seconds } } },
    "step 2": { deadline: 130, given: { escalation: { step: 2, deadline: now + 130 * seconds } } },
    "not stopped": {
      deadline: 130,
      given: { outcome: "not-stopped", escalation: { step: 2, deadline: now + 130 * seconds } },
    },
  } as const;
  type Situation = keyof typeof situations;

  const over = {
    succeeded: "succeeded, completed-first",
    failed: "cancelled, stopped",
    cancelled: "cancelled, stopped",
  };
  const early = { "known in 5 s": "check in 5 s", "known 1 s ago": "check in 1 s", ...over };

  /** Ten seconds before the deadline, at the deadline. */
  const table: Record<Situation, Record<"before" | "at", Record<ProbeName, string>>> = {
    "step 0": {
      before: { alive: "check in 10 s", "not known": "check in 10 s", ...early },
      at: {
        alive: "step 1 until +10 s",
        "not known": "step 1 until +10 s",
        "known in 5 s": "check in 5 s",
        "known 1 s ago": "step 1 until +10 s",
        ...over,
      },
    },
    "step 1": {
      before: { alive: "check in 10 s", "not known": "check in 10 s", ...early },
      at: {
        alive: "step 2 until +30 s",
        "not known": "step 2 until +30 s",
        "known in 5 s": "check in 5 s",
        "known 1 s ago": "step 2 until +30 s",
        ...over,
      },
    },
    "step 2": {
      before: { alive: "check in 10 s", "not known": "check in 10 s", ...early },
      at: {
        alive: "still stopping, not-stopped",
        "not known": "still stopping, not-stopped",
        "known in 5 s": "check in 5 s",
        "known 1 s ago": "still stopping, not-stopped",
        ...over,
      },
    },
    "not stopped": {
      before: { alive: "check in 10 s", "not known": "check in 10 s", ...early },
      at: { alive: "check in 60 s", "not known": "check in 60 s", ...early },
    },
  };

  const cells = Object.entries(table).flatMap(([situation, byTime]) =>
    Object.entries(byTime).flatMap(([time, byProbe]) =>
      Object.entries(byProbe).map(([probe, expected]) => ({ situation, time, probe, expected })),
    ),
  );

  test.each(cells)("$situation, $time the deadline, $probe: $expected", ({ situation, time, probe, expected }) => {
    const { deadline, given } = situations[situation as Situation];
    const at = now + (deadline - (time === "before" ? 10 : 0)) * seconds;
    const asked: Probe = probes[probe as ProbeName];
    const until = asked.kind === "unknown" && asked.until !== undefined ? { until: at + asked.until } : {};
    expect(inFewWords(decide(stopping(given), { ...asked, ...until } as Probe, at), at)).toBe(expected);
  });

  test("is in the table", () => {
    expect(cells).toHaveLength(4 * 2 * 7);
  });
});

describe("a worker that lost its lease", () => {
  const lapsed = stopping({ outcome: "not-stopped" }, { heartbeatTimeoutSeconds: 10 });
  const leaseEnd = now + Math.max(10, grace) * seconds;
  /** The clock that granted the lease may be a second behind. */
  const fencedAt = leaseEnd + seconds;
  const byLease = { change: { conclude: { evidence: { kind: "lease-expired" } } } };

  test.each<Probe>([{ kind: "unknown" }, { kind: "unknown", until: now + 1e9 }])(
    "is fenced where the backend knows nothing: %j",
    (probe) => {
      expect(decide(lapsed, probe, fencedAt)).toMatchObject({
        change: {
          when: { uid: lapsed.job.uid, states: ["stopping"], heartbeatAt: lapsed.job.heartbeatAt },
          set: { state: "cancelled", endedAt: leaseEnd },
          conclude: { outcome: "stopped", evidence: { kind: "lease-expired" }, assurance: "presumed" },
          announce: ["stopped"],
        },
      });
      expect(decide(lapsed, probe, fencedAt - 1)).not.toMatchObject(byLease);
    },
  );

  test.each<Probe>([{ kind: "alive" }, stopped("succeeded")])(
    "is not presumed to have stopped where the backend knows better: %j",
    (probe) => {
      expect(decide(lapsed, probe, fencedAt)).not.toMatchObject(byLease);
    },
  );
});

describe("what a probe saw besides", () => {
  const late = stopping({ escalation: { step: 0, deadline: now } });
  const detailOf = (decided: Decision<NextCheck>) => decided.change?.step?.detail;

  test.each<[Probe, string]>([
    [{ kind: "alive", detail: "it holds 2 locks" }, "the work did not stop in time (it holds 2 locks): terminate"],
    [
      { kind: "unknown", detail: "no right to see it" },
      "the work did not stop in time (no right to see it): terminate",
    ],
    [{ kind: "alive" }, "the work did not stop in time: terminate"],
  ])("is in the step that follows: %o", (probe, detail) => {
    expect(detailOf(decide(late, probe, now + 1))?.replace(/: [\w ]+$/, ": terminate")).toBe(detail);
  });

  test("is residue with what the service leaves", () => {
    const found = { ...stopped("cancelled"), residue: ["an INVALID index"] } as Probe;
    expect(decide(stopping({ residue: ["half a table"] }), found, now + 1).change?.conclude?.residue).toEqual([
      "half a table",
      "an INVALID index",
    ]);
  });
});
