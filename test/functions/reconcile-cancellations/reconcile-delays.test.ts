import { describe, expect, test } from "vitest";
import type { EscalationSteps, Probe } from "../../../shared/domain/decide-reconcile.ts";
import type { Job } from "../../../shared/domain/job.ts";
import type { Backend } from "../../../shared/ports/backend.ts";
import { now } from "../../support/stack/jobs.ts";
import { lasting, type ScheduledRuns, useScheduledRuns } from "../../support/stack/scheduled-runs.ts";

const { start, register, hear, read } = useScheduledRuns();

/** Told to stop at 0 s. */
const toldToStop = async (bundle: ScheduledRuns, given: Partial<Job>) => {
  const job = await register(given);
  bundle.clock.time = now;
  await bundle.send("POST", `/jobs/${job.uid}/cancel`, {
    headers: { authorization: "Bearer ops-token", "content-type": "application/json" },
    body: "{}",
  });
  return job;
};

/** Answers each probe as the test says, and notes the steps that it was asked for. */
const backendOf = (escalationSteps: EscalationSteps, probe: (at: number) => Probe) => {
  const asked: number[] = [];
  const worker: Backend = {
    escalationSteps,
    stop: async (_, escalationStep) => {
      asked.push(escalationStep);
      return { kind: "accepted" };
    },
    probe: async (_, at) => probe((at - now) / 1000),
  };
  return { asked, backends: { worker } };
};

/** Follows the delayed messages from the first on: the times of the checks, until so many seconds after the request. */
const looksUntil = async (bundle: ScheduledRuns, uid: string, end: number, backends?: { worker: Backend }) => {
  const times: number[] = [];
  for (let at = 1; at <= end; ) {
    times.push(at);
    const before = bundle.recorded.asked.length;
    await bundle.checkAt(at, [JSON.stringify({ uid })], backends ? { backends } : {});
    const [next] = bundle.recorded.asked.slice(before);
    if (next === undefined) break;
    expect(next.uid).toBe(uid);
    expect((await read({ uid }))?.dueAt).toBe(now + (at + next.delaySeconds) * 1000);
    at += next.delaySeconds;
  }
  return times;
};

test("a worker that is heard of after its deadline is flagged at the next check, however long its lease is", async () => {
  const bundle = start();
  const { uid } = await toldToStop(bundle, { heartbeatTimeoutSeconds: 600, graceSeconds: 30 });
  await bundle.checkAt(1, [JSON.stringify({ uid })]);
  const beat = async (seconds: number) => {
    bundle.clock.time = now + seconds * 1000;
    const headers = { authorization: "Bearer ops-token", "content-type": "application/json" };
    await bundle.send("POST", `/jobs/${uid}/heartbeat`, { headers, body: "{}" });
    return ((await read({ uid }))?.dueAt ?? 0) - now;
  };
  expect(await beat(29)).toBe(601_000);
  expect(await beat(31)).toBe(31_000);
  expect(await beat(33)).toBe(31_000);
  await bundle.sweepAt(60);
  expect(await read({ uid })).toMatchObject({ state: "stopping", cancellation: { outcome: "not-stopped" } });
});

test("a sweep that comes before the message asks for the next check in its place", async () => {
  const bundle = start();
  const { uid } = await toldToStop(bundle, { ...lasting, graceSeconds: 300 });
  const { backends } = backendOf([{ name: "ask" }], () => ({ kind: "alive" }));
  await bundle.sweepAt(1, { backends });
  expect(bundle.recorded.asked.slice(1)).toEqual([{ uid, delaySeconds: 1 }]);
  // From a minute on the sweep itself is soon enough.
  await bundle.sweepAt(100, { backends });
  expect(bundle.recorded.asked).toHaveLength(2);
});

describe("the next check", () => {
  const alive = () => ({ kind: "alive" }) as const;
  const unknown = () => ({ kind: "unknown" }) as const;

  test.each<[string, (at: number) => Probe, number, number[]]>([
    [
      "comes after 1 s, 2 s, 4 s and so on, then every minute, and at the deadline",
      alive,
      300,
      [1, 2, 4, 8, 16, 32, 64, 124, 184, 244, 300, 360],
    ],
    ["comes at a deadline that is nearer", alive, 10, [1, 2, 4, 8, 10, 20, 40, 80, 140, 200, 260, 320, 380]],
    ["is as far off where nothing is known", unknown, 10, [1, 2, 4, 8, 10, 20, 40, 80, 140, 200, 260, 320, 380]],
    [
      "comes when the backend will know",
      (at) => ({ kind: "unknown", until: now + (at < 200 ? 200 : 400) * 1000 }),
      10,
      [1, 200, 400],
    ],
    ["comes after a quarter of an hour at the latest", () => ({ kind: "unknown", until: now + 9_000_000 }), 10, [1]],
    ["comes after a second at the earliest", (at) => ({ kind: "unknown", until: now + at * 1000 }), 3, [1, 2, 3]],
  ])("%s", async (_, probe, graceSeconds, expected) => {
    const bundle = start();
    const { uid } = await toldToStop(bundle, { ...lasting, graceSeconds });
    const { backends } = backendOf([{ name: "ask" }], probe);
    const until = expected.at(-1) ?? 0;
    expect(await looksUntil(bundle, uid, until, backends)).toEqual(expected);
  });

  test("at a worker comes a second after its lease ends", async () => {
    const bundle = start();
    const { uid } = await toldToStop(bundle, { heartbeatTimeoutSeconds: 60 });
    await hear({ uid }, 20);
    expect(await looksUntil(bundle, uid, 300)).toEqual([1, 81]);
    expect(await read({ uid })).toMatchObject({
      state: "cancelled",
      cancellation: { evidence: { kind: "lease-expired" } },
    });
  });

  test("that no message can wait for is left to the sweep", async () => {
    const bundle = start();
    const { uid } = await toldToStop(bundle, { heartbeatTimeoutSeconds: 800 });
    await bundle.checkAt(1, [JSON.stringify({ uid })]);
    expect((await bundle.sweepAt(800)).checked).toBe(0);
    expect((await bundle.sweepAt(801)).checked).toBe(1);
    expect(await read({ uid })).toMatchObject({ state: "cancelled" });
  });
});

describe("an escalation", () => {
  const three: EscalationSteps = [
    { name: "ask", graceSeconds: 5 },
    { name: "interrupt", graceSeconds: 20 },
    { name: "kill" },
  ];

  test("goes in order, a step for each deadline: its own, or the job's grace period", async () => {
    const bundle = start();
    const { uid } = await toldToStop(bundle, { ...lasting, graceSeconds: 30 });
    const { asked, backends } = backendOf(three, () => ({ kind: "alive" }));
    await looksUntil(bundle, uid, 60, backends);
    const job = await read({ uid });
    expect(job?.cancellation?.steps.map(({ at, step }) => [step, (at - now) / 1000])).toEqual([
      ["stop-requested", 0],
      ["escalated", 5],
      ["escalated", 25],
      ["not-stopped", 55],
    ]);
    expect(job?.cancellation?.steps.map(({ detail }) => detail).slice(1)).toEqual([
      "the work did not stop in time: interrupt",
      "the work did not stop in time: kill",
      `the work was still alive after ${new Date(now + 55_000).toISOString()}`,
    ]);
    expect(asked).toEqual(asked.toSorted((a, b) => a - b));
    expect(new Set(asked)).toEqual(new Set([0, 1, 2]));
  });

  test.each<[string, number, string[]]>([
    ["the second", 10, ["stop-requested", "escalated", "provider-reported"]],
    ["none", 2, ["stop-requested", "provider-reported"]],
    [
      "the last, and being flagged",
      100,
      ["stop-requested", "escalated", "escalated", "not-stopped", "provider-reported"],
    ],
  ])("is left at once when the work has stopped: after %s", async (_, stopped, steps) => {
    const bundle = start();
    const { uid } = await toldToStop(bundle, { ...lasting, graceSeconds: 30 });
    const evidence = { kind: "provider-reported", witness: "the backend", detail: "gone" } as const;
    const { backends } = backendOf(three, (at) =>
      at < stopped ? { kind: "alive" } : { kind: "stopped", state: "failed", evidence },
    );
    await looksUntil(bundle, uid, 300, backends);
    const job = await read({ uid });
    expect(job).toMatchObject({ state: "cancelled", cancellation: { outcome: "stopped", evidence } });
    expect(job?.cancellation?.steps.map(({ step }) => step)).toEqual(steps);
  });

  test("a backend that says that the work had succeeded has the last word", async () => {
    const bundle = start();
    const { uid } = await toldToStop(bundle, lasting);
    const evidence = { kind: "process-gone", witness: "the backend", detail: "exit 0" } as const;
    const { backends } = backendOf(three, () => ({ kind: "stopped", state: "succeeded", evidence }));
    await bundle.sweepAt(1, { backends });
    expect(await read({ uid })).toMatchObject({
      state: "succeeded",
      cancellation: { outcome: "completed-first", evidence, residue: [] },
    });
  });

  test("a stop request that cannot be made is made again with the next check, and does not keep the clock", async () => {
    const bundle = start();
    const { uid } = await toldToStop(bundle, { ...lasting, graceSeconds: 30 });
    const { asked, backends } = backendOf(three, () => ({ kind: "alive" }));
    const stop: Backend["stop"] = async (job, escalationStep) => {
      await backends.worker.stop(job, escalationStep);
      throw new Error("connection refused");
    };
    expect(await looksUntil(bundle, uid, 10, { worker: { ...backends.worker, stop } })).toEqual([1, 2, 4, 5, 10]);
    expect(asked).toEqual([0, 0, 0, 1, 1]);
  });
});
