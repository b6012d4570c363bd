import { describe, expect, test } from "vitest";
import { type JobState, jobStates } from "../../../shared/domain/job.ts";
import {
  type CancelRequest,
  callJobApi,
  createIndex,
  graph,
  registerJob,
  scheduledTask,
  sqlJob,
  toReceipt,
  uploadDocument,
} from "../../support/requests/cancel-requests.ts";
import { useBundle } from "../../support/stack/bundle.ts";

const bundle = useBundle();

/** Status and body of the answer, and the state of the job afterwards. */
type Cell = readonly [status: number, body: object, after: JobState];

const rpcSuccess = { Message: "success", Status: "success" };
const tooLate = (word: string) => ({
  Code: "OperationDenied.JobStatus",
  Message: `The job is ${word} and cannot be cancelled.`,
});

const analyticDb: Record<JobState, Cell> = {
  queued: [200, rpcSuccess, "cancelled"],
  running: [200, rpcSuccess, "stopping"],
  stopping: [200, rpcSuccess, "stopping"],
  succeeded: [403, tooLate("Success"), "succeeded"],
  failed: [403, tooLate("Failed"), "failed"],
  cancelled: [403, tooLate("Cancelled"), "cancelled"],
};

const ges: Record<JobState, Cell> = {
  queued: [200, {}, "cancelled"],
  running: [200, {}, "stopping"],
  stopping: [200, {}, "stopping"],
  succeeded: [400, { errorCode: "GES.8303" }, "succeeded"],
  failed: [400, { errorCode: "GES.8303" }, "failed"],
  cancelled: [400, { errorCode: "GES.8303" }, "cancelled"],
};

const isSuccess = { is_success: true, message: "" };

const dli: Record<JobState, Cell> = {
  queued: [200, isSuccess, "cancelled"],
  running: [200, isSuccess, "stopping"],
  stopping: [200, isSuccess, "stopping"],
  succeeded: [400, { error_code: "DLI.0007" }, "succeeded"],
  failed: [400, { error_code: "DLI.0007" }, "failed"],
  cancelled: [400, { error_code: "DLI.0007" }, "cancelled"],
};

// A task of DDS is cancelled while it waits, so none of its states leads to `stopping`.
const dds: Record<Exclude<JobState, "stopping">, Cell> = {
  queued: [204, {}, "cancelled"],
  running: [403, { error_code: "DBS.280042", error_msg: expect.stringContaining("Running") }, "running"],
  succeeded: [403, { error_code: "DBS.280042", error_msg: expect.stringContaining("Completed") }, "succeeded"],
  failed: [403, { error_code: "DBS.280042", error_msg: expect.stringContaining("Failed") }, "failed"],
  cancelled: [403, { error_code: "DBS.280042", error_msg: expect.stringContaining("Canceled") }, "cancelled"],
};

const standing = async (request: CancelRequest, state: JobState) => {
  if (request.service !== "dds" || state !== "cancelled") return registerJob(bundle, request, state);
  const job = await registerJob(bundle, request, "queued");
  await callJobApi(bundle, "POST", `/jobs/${job.uid}/cancel`, {});
  return job;
};

const tables: readonly (readonly [CancelRequest, Partial<Record<JobState, Cell>>])[] = [
  [createIndex, analyticDb],
  [uploadDocument, analyticDb],
  [graph, ges],
  [scheduledTask, dds],
  [sqlJob, dli],
];

const cells = tables.flatMap(([request, states]) =>
  jobStates.flatMap((state) => {
    const cell = states[state];
    return cell ? [{ request, operation: request.operation, state, cell }] : [];
  }),
);

test("every state of every operation is in a table, but for the one that DDS never has", () => {
  expect(cells).toHaveLength(5 * jobStates.length - 1);
});

describe.each(cells)("$operation of a job that is $state", ({ request, state, cell: [status, body, after] }) => {
  test("answers as documented and leaves the right state", async () => {
    const { jobId, uid } = await standing(request, state);
    const reply = await request.send(bundle, jobId);
    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject(body);
    if (status === 204) expect(reply.text).toBe("");
    expect((await callJobApi(bundle, "GET", `/jobs/${uid}`)).body.state).toBe(after);
  });

  test("schedules a check of what it changed, once, and of nothing else", async () => {
    const { jobId, uid } = await standing(request, state);
    bundle.recorded.asked.length = 0;
    await request.send(bundle, jobId);
    await request.send(bundle, jobId);
    const first = { uid, delaySeconds: after === "stopping" ? 1 : 0 };
    expect(bundle.recorded.asked).toEqual(after === state ? [] : [first]);
  });

  test("gives the same answer when it is delivered twice more, if it was not the end of the job", async () => {
    const { jobId, uid } = await standing(request, state);
    const first = await request.send(bundle, jobId);
    const second = await request.send(bundle, jobId);
    const third = await request.send(bundle, jobId);
    expect(third.status).toBe(second.status);
    if (after === state || after === "stopping") expect(second.status).toBe(first.status);
    expect((await callJobApi(bundle, "GET", `/jobs/${uid}`)).body.state).toBe(after);
  });
});

describe.each(tables.map(([request]) => ({ request, operation: request.operation })))(
  "the receipt of $operation",
  ({ request }) => {
    test("says who asked, and how sure it is that the work has stopped", async () => {
      const queued = request.service === "dds";
      const { jobId, uid } = await registerJob(bundle, request, queued ? "queued" : "running");
      await request.send(bundle, jobId);
      bundle.clock.time += 1500;
      if (!queued) {
        const { body } = await callJobApi(bundle, "POST", `/jobs/${uid}/heartbeat`, {});
        expect(body).toMatchObject({ state: "stopping", cancel: { requestedBy: "ops" } });
        await callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome: "cancelled" });
      }
      const receipt = await toReceipt(bundle, uid);
      expect(receipt).toMatchObject({
        uid,
        jobId,
        service: request.service,
        trigger: "http",
        requestedBy: "ops",
        outcome: "stopped",
        assurance: queued ? "never-started" : "acknowledged",
        verified: false,
        evidence: queued
          ? { kind: "never-started", witness: "standdown" }
          : { kind: "worker-acknowledged", witness: "principal ops" },
        timeToStopMs: queued ? null : 1500,
        contradictions: [],
        repeats: 0,
      });
      const steps = (receipt.steps as { step: string }[]).map(({ step }) => step);
      expect(steps).toEqual(
        queued
          ? ["stop-requested", "never-started"]
          : ["stop-requested", "stop-request-delivered", "worker-acknowledged"],
      );
      expect(receipt.residue).toEqual(
        request.service === "analyticdb-document" ? [expect.stringContaining("documents that were written")] : [],
      );
    });
  },
);
