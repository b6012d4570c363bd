import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  callJobApi,
  graph,
  registerJob,
  sqlJob,
  toReceipt,
  uploadDocument,
} from "../../support/requests/cancel-requests.ts";
import { useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe("200 concurrent cancels of one job", () => {
  test.each([sqlJob, graph])("$operation: one effect, one answer, 199 repeats", async (request) => {
    const { jobId, uid } = await registerJob(bundle, request);
    const replies = await Promise.all(times(200, () => request.send(bundle, jobId)));
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]?.status).toBe(200);
    const receipt = await toReceipt(bundle, uid);
    expect(receipt).toMatchObject({ outcome: "stopping", repeats: 199 });
    expect(receipt.steps).toHaveLength(1);
    expect(bundle.recorded.asked.filter((check) => check.uid === uid)).toEqual([{ uid, delaySeconds: 1 }]);
    expect((await bundle.table().jobs.get(uid))?.outbox).toEqual(["requested"]);
  });

  test("a wrong password among them has no effect and is not counted", async () => {
    const { jobId, uid } = await registerJob(bundle, uploadDocument);
    const replies = await Promise.all(
      times(20, (i) => uploadDocument.send(bundle, jobId, i % 2 ? { parameters: { NamespacePassword: "wrong" } } : {})),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(10);
    expect((await toReceipt(bundle, uid)).repeats).toBe(9);
  });
});

test("1,000 races of cancel against finish: one outcome each, and cancelled only with evidence", {
  timeout: 60_000,
}, async () => {
  const outcomes = new Map<string, number>();
  const race = async (index: number) => {
    const { jobId, uid } = await registerJob(bundle, sqlJob);
    const finish = () => callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome: "succeeded" });
    // A finish takes more steps to its write than a cancel: head starts of all lengths let either win.
    const cancel = async () => {
      for (let turn = 0; turn < index * 3; turn++) await setImmediate();
      return sqlJob.send(bundle, jobId);
    };
    const [finished, cancelled] = await Promise.all([finish(), cancel()]);

    const { body: job } = await callJobApi(bundle, "GET", `/jobs/${uid}`);
    expect(finished.status).toBe(200);
    expect(job.state).toBe("succeeded");
    if (cancelled.status === 200) {
      expect(await toReceipt(bundle, uid)).toMatchObject({
        outcome: "completed-first",
        assurance: "acknowledged",
        evidence: { kind: "worker-acknowledged" },
      });
    } else {
      expect(cancelled.body.error_code).toBe("DLI.0007");
      expect(bundle.recorded.asked.map((check) => check.uid)).not.toContain(uid);
      expect((await callJobApi(bundle, "GET", `/jobs/${uid}/receipt`)).status).toBe(404);
    }
    const winner = cancelled.status === 200 ? "cancel first" : "finish first";
    outcomes.set(winner, (outcomes.get(winner) ?? 0) + 1);
  };
  for (let round = 0; round < 50; round++) await Promise.all(times(20, race));
  // Both orders must have happened, or this was no race.
  expect(outcomes.get("cancel first")).toBeGreaterThan(0);
  expect(outcomes.get("finish first")).toBeGreaterThan(0);
});

test("a worker's acknowledgement, its completion and an expiry at once end a job once", async () => {
  const races = times(100, async () => {
    const { uid } = await registerJob(bundle, sqlJob, "stopping", { heartbeatTimeoutSeconds: 1 });
    const report = (outcome: string) => callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome });
    const read = () => callJobApi(bundle, "GET", `/jobs/${uid}`);
    const replies = await Promise.all([report("cancelled"), report("succeeded"), read(), report("failed")]);
    const first = await read();
    const second = await read();
    expect(second.body.state).toBe(first.body.state);
    expect(replies.filter(({ status }, i) => i !== 2 && status === 200)).toHaveLength(1);
    const receipt = await toReceipt(bundle, uid);
    expect(receipt.verified).toBe(false);
    expect(receipt.evidence).not.toBeNull();
    expect(receipt.outcome).toBe(first.body.state === "succeeded" ? "completed-first" : "stopped");
  });
  await Promise.all(races);
});

test("a cancel of one incarnation never touches the next", async () => {
  const { jobId, uid } = await registerJob(bundle, sqlJob, "succeeded");
  bundle.clock.time += 1;
  const again = await callJobApi(bundle, "POST", "/jobs", { service: "dli", scope: sqlJob.scope, jobId });
  expect(again.status).toBe(201);
  const late = await callJobApi(bundle, "POST", `/jobs/${uid}/cancel`, {});
  expect([late.status, late.body.code]).toEqual([409, "too-late"]);
  expect((await callJobApi(bundle, "GET", `/jobs/${again.body.uid}`)).body.state).toBe("running");
  expect((await sqlJob.send(bundle, jobId)).status).toBe(200);
  expect((await callJobApi(bundle, "GET", `/jobs/${uid}`)).body.state).toBe("succeeded");
});

test("a worker of an earlier incarnation is refused, and does not keep the next one alive", async () => {
  const { jobId, uid } = await registerJob(bundle, sqlJob, "succeeded");
  bundle.clock.time += 1;
  const next = await callJobApi(bundle, "POST", "/jobs", { service: "dli", scope: sqlJob.scope, jobId });
  bundle.clock.time += 1000;
  for (const body of [{}, { state: "running" }]) {
    const late = await callJobApi(bundle, "POST", `/jobs/${uid}/heartbeat`, body);
    expect([late.status, late.body.code, late.body.state]).toEqual([409, "job-ended", "succeeded"]);
  }
  const finish = await callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome: "failed" });
  expect([finish.status, finish.body.code]).toEqual([409, "job-ended"]);
  const { body } = await callJobApi(bundle, "GET", `/jobs/${next.body.uid}`);
  expect(body).toMatchObject({ state: "running", heartbeatAt: next.body.heartbeatAt });
});
