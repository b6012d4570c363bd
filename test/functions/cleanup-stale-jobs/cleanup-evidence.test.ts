import { expect, test } from "vitest";
import { callJobApi, toReceipt } from "../../support/requests/cancel-requests.ts";
import { now } from "../../support/stack/jobs.ts";
import { lasting, useScheduledRuns } from "../../support/stack/scheduled-runs.ts";

const { start, register, hear, read, stateOf } = useScheduledRuns();

const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();

test("a dead worker's job is cancelled, and presumed to have stopped after a lease in which it could have heard of it, exactly", async () => {
  const job = await register();
  const { bundle, cleanupAt, sweepAt, recorded } = start();
  await cleanupAt(120);
  expect(await stateOf(job)).toBe("stopping");
  // The lease ends at 180 s. The clock that granted it may be a second behind this one.
  await sweepAt(180);
  expect(await stateOf(job)).toBe("stopping");
  await sweepAt(181);

  const detail = "no heartbeat for 60 s: the worker lost its lease and its reports are refused";
  expect(await toReceipt(bundle, job.uid)).toEqual({
    uid: job.uid,
    service: "dli",
    scope: job.scope,
    jobId: job.jobId,
    trigger: "schedule",
    requestedBy: "events",
    onBehalfOf: null,
    reason: "policy:heartbeat-lost",
    requestedAt: at(120),
    outcome: "stopped",
    assurance: "presumed",
    verified: false,
    evidence: { kind: "lease-expired", at: at(180), witness: "standdown", detail },
    steps: [
      { at: at(120), step: "stop-requested", detail: null },
      { at: at(181), step: "lease-expired", detail },
    ],
    timeToStopMs: null,
    residue: null,
    contradictions: [],
    repeats: 0,
  });
  const outcomes = recorded.published.filter(({ source }) => source === "urn:standdown:dli");
  expect(outcomes.map(({ id }) => id).toSorted()).toEqual([`${job.uid}/requested`, `${job.uid}/stopped`]);
  expect(await read(job)).not.toHaveProperty("dueAt");

  const late = await callJobApi(bundle, "POST", `/jobs/${job.uid}/heartbeat`, {});
  expect([late.status, late.body.state]).toEqual([409, "cancelled"]);
  expect(await toReceipt(bundle, job.uid)).toMatchObject({
    assurance: "contradicted",
    contradictions: [{ what: "a heartbeat" }],
  });
  await sweepAt(182);
  expect(recorded.published.map(({ type }) => type)).toContain("dev.standdown.cancellation.contradicted.v1");
  expect(recorded.measured).toContainEqual(expect.objectContaining({ name: "Contradicted", value: 1, total: true }));
  expect(await cleanupAt(240)).toMatchObject({ seen: 0 });
});

test("a live worker past its limit is told, and its own word is the evidence", async () => {
  const job = await register({ maxRuntimeSeconds: 100 });
  const { bundle, cleanupAt, sweepAt } = start();
  await hear(job, 90);
  await cleanupAt(100);
  bundle.clock.time = now + 103_000;
  const heard = await callJobApi(bundle, "POST", `/jobs/${job.uid}/heartbeat`, {});
  expect(heard.body).toMatchObject({ state: "stopping", cancel: { reason: "policy:max-runtime", stopBy: at(130) } });
  await callJobApi(bundle, "POST", `/jobs/${job.uid}/finish`, { outcome: "cancelled" });
  await sweepAt(104);
  expect(await toReceipt(bundle, job.uid)).toMatchObject({
    trigger: "schedule",
    outcome: "stopped",
    evidence: { kind: "worker-acknowledged", at: at(103) },
    timeToStopMs: 3000,
  });
});

test("a worker that completes what cleanup cancelled has completed first, and the receipt says so", async () => {
  const job = await register({ ...lasting, maxRuntimeSeconds: 100 });
  const { bundle, cleanupAt, sweepAt } = start();
  await cleanupAt(100);
  await callJobApi(bundle, "POST", `/jobs/${job.uid}/finish`, { outcome: "succeeded" });
  await sweepAt(101);
  expect(await stateOf(job)).toBe("succeeded");
  expect(await toReceipt(bundle, job.uid)).toMatchObject({ reason: "policy:max-runtime", outcome: "completed-first" });
});
