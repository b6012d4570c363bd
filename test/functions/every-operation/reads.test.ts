import { describe, expect, test } from "vitest";
import { type Job, type JobState, jobStates } from "../../../shared/domain/job.ts";
import { callJobApi, registerJob } from "../../support/requests/cancel-requests.ts";
import {
  check,
  describeIndex,
  getUpload,
  graphStatus,
  type ReadRequest,
  readRequests,
  sqlStatus,
  taskList,
} from "../../support/requests/read-requests.ts";
import { project, useBundle } from "../../support/stack/bundle.ts";
import { aJob } from "../../support/stack/jobs.ts";

const bundle = useBundle();

const words: Readonly<Record<string, Readonly<Record<JobState, string>>>> = {
  "describe-create-index-job": {
    queued: "Running",
    running: "Running",
    stopping: "Running",
    succeeded: "Success",
    failed: "Failed",
    cancelled: "Cancelled",
  },
  "get-upload-document-job": {
    queued: "Pending",
    running: "Running",
    stopping: "Cancelling",
    succeeded: "Success",
    failed: "Failed",
    cancelled: "Cancelled",
  },
  "show-graph-job-status": {
    queued: "pending",
    running: "running",
    stopping: "running",
    succeeded: "success",
    failed: "failed",
    cancelled: "failed",
  },
  "list-scheduled-tasks": {
    queued: "Pending",
    running: "Running",
    stopping: "Running",
    succeeded: "Completed",
    failed: "Failed",
    cancelled: "Canceled",
  },
  "show-sql-job-status": {
    queued: "LAUNCHING",
    running: "RUNNING",
    stopping: "RUNNING",
    succeeded: "FINISHED",
    failed: "FAILED",
    cancelled: "CANCELLED",
  },
  "show-sql-job-detail": {
    queued: "LAUNCHING",
    running: "RUNNING",
    stopping: "RUNNING",
    succeeded: "FINISHED",
    failed: "FAILED",
    cancelled: "CANCELLED",
  },
};

/** A job in this state, by the service's own ways where it has one. */
const standing = async (request: ReadRequest, state: JobState): Promise<string> => {
  if (request !== taskList || (state !== "stopping" && state !== "cancelled"))
    return (await registerJob(bundle, request, state)).jobId;
  if (state === "cancelled") {
    const { jobId } = await registerJob(bundle, request, "queued");
    await request.cancel.send(bundle, jobId);
    return jobId;
  }
  return stoppingTask();
};

/** No task of DDS is told to stop while it runs; there is a word for one that is all the same. */
const stoppingTask = async (more: Partial<Job> = {}): Promise<string> => {
  const job = aJob({
    service: "dds",
    counted: true,
    state: "stopping",
    heartbeatAt: bundle.clock.time,
    cancellation: {
      trigger: "http",
      requestedBy: "ops",
      requestedAt: bundle.clock.time,
      outcome: "stopping",
      steps: [],
      residue: [],
      repeats: 0,
    },
    ...more,
  });
  await bundle.services.jobs.register(job, job.uid);
  return job.jobId;
};

const cells = readRequests.flatMap((request) =>
  jobStates.map((state) => ({ request, operation: request.operation, state, word: words[request.operation]?.[state] })),
);

test("every state of every read is in the table", () => {
  expect(cells).toHaveLength(6 * 6);
  expect(cells.every(({ word }) => word)).toBe(true);
});

test.each(cells)("$operation shows a job that is $state as $word", async ({ request, state, word }) => {
  const jobId = await standing(request, state);
  expect(await check(bundle, request, jobId)).toMatchObject({ [request.status]: word });
});

describe.each(readRequests.map((request) => ({ request, operation: request.operation })))(
  "$operation",
  ({ request }) => {
    const wordFor = (state: JobState) => words[request.operation]?.[state];
    const statusOf = async (jobId: string) => (await check(bundle, request, jobId))[request.status];

    test("shows a job before, during and after its cancel", async () => {
      const queued = request === taskList;
      const { jobId, uid } = await registerJob(bundle, request, queued ? "queued" : "running");
      expect(await statusOf(jobId)).toBe(wordFor(queued ? "queued" : "running"));
      await request.cancel.send(bundle, jobId);
      if (!queued) {
        expect(await statusOf(jobId)).toBe(wordFor("stopping"));
        await callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome: "cancelled" });
      }
      expect(await statusOf(jobId)).toBe(wordFor("cancelled"));
    });

    test("ends a cancellation whose worker lost its lease before it shows the job", async () => {
      const leased = { heartbeatTimeoutSeconds: 5, graceSeconds: 5 };
      const jobId =
        request === taskList
          ? await stoppingTask(leased)
          : (await registerJob(bundle, request, "stopping", leased)).jobId;
      // A second more than the lease: the clock that granted it may be behind.
      bundle.clock.time += 5999;
      expect(await statusOf(jobId)).toBe(wordFor("stopping"));
      bundle.clock.time += 1;
      expect(await statusOf(jobId)).toBe(wordFor("cancelled"));
    });

    test("shows the newest job of an id, once", async () => {
      const { jobId } = await registerJob(bundle, request, "succeeded");
      bundle.clock.time += 1;
      const { service, scope } = request;
      const secret = service.startsWith("analyticdb") ? { secret: "testpassword" } : {};
      const again = { service, scope, jobId, ...secret };
      expect((await callJobApi(bundle, "POST", "/jobs", again)).status).toBe(201);
      expect(await statusOf(jobId)).toBe(wordFor("running"));
      if (request === taskList) expect((await request.send(bundle, jobId)).text.split(`"${jobId}"`)).toHaveLength(2);
    });

    test("shows a job to its own account and to principals without one, and to nobody else", async () => {
      const { jobId } = await registerJob(bundle, request, "running", {}, "account-1-token");
      const seen = async (token: string) => {
        const { status, body } = await request.send(bundle, jobId, { token });
        return status === 200 && request.shown(body, jobId) !== undefined;
      };
      expect(await seen("account-1-token")).toBe(true);
      expect(await seen("ops-token")).toBe(true);
      expect(await seen("account-2-token")).toBe(false);
      const unknown = { token: "account-2-token" };
      const [foreign, none] = [await request.send(bundle, jobId, unknown), await request.send(bundle, "nil", unknown)];
      expect([foreign.status, foreign.body.Code]).toEqual([none.status, none.body.Code]);
    });
  },
);

describe("the fields", () => {
  test("of AnalyticDB: the job in the documented spelling, complete once it ended in any way", async () => {
    for (const request of [describeIndex, getUpload]) {
      const { jobId, uid } = await registerJob(bundle, request, "running");
      const created = new Date(bundle.clock.time).toISOString().replace("T", " ").replace("Z", "000");
      expect(await check(bundle, request, jobId)).toEqual({
        Id: jobId,
        Status: "Running",
        Completed: false,
        CreateTime: created,
        UpdateTime: created,
        Error: "",
      });
      expect(created).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
      bundle.clock.time += 1234;
      await callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome: "failed", error: "no space left" });
      const failed = await check(bundle, request, jobId);
      expect(failed).toMatchObject({ Completed: true, CreateTime: created, Error: "no space left" });
      expect(failed.UpdateTime).not.toBe(created);
      expect(failed.ErrorCode).toBe(request === getUpload ? "InternalError" : undefined);
      expect(await check(bundle, request, await standing(request, "succeeded"))).toMatchObject({
        Completed: true,
        Progress: 100,
      });
      expect(await check(bundle, request, await standing(request, "cancelled"))).toMatchObject({ Completed: true });
    }
    const { body, headers } = await describeIndex.send(bundle, await standing(describeIndex, "running"));
    expect(body).toEqual({
      RequestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
      Message: "success",
      Status: "success",
      Job: expect.anything(),
    });
    expect(headers["x-acs-request-id"]).toBe(body.RequestId);
  });

  test("of GES: what only a message can tell apart", async () => {
    const { jobId, uid } = await registerJob(bundle, graphStatus, "running");
    expect(await check(bundle, graphStatus, jobId)).toEqual({
      jobId,
      jobType: 1,
      status: "running",
      result: "success",
    });
    await callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome: "failed", error: "out of memory" });
    expect(await check(bundle, graphStatus, jobId)).toMatchObject({ status: "failed", errorMessage: "out of memory" });
    const cancelled = await check(bundle, graphStatus, await standing(graphStatus, "cancelled"));
    expect(cancelled).toMatchObject({ status: "failed", errorMessage: "the job was cancelled" });
    expect(cancelled).not.toHaveProperty("errorCode");
    const other = await registerJob(bundle, { ...graphStatus, jobType: "import-graph" });
    expect(await check(bundle, graphStatus, other.jobId)).not.toHaveProperty("jobType");
  });

  test("of DLI: times in milliseconds, and a duration that ends with the job", async () => {
    const scope = { projectId: project, queueName: "nightly" };
    const { jobId, uid } = await registerJob(bundle, { ...sqlStatus, scope }, "running");
    const started = bundle.clock.time;
    bundle.clock.time += 1500;
    expect(await check(bundle, sqlStatus, jobId)).toEqual({
      is_success: true,
      message: "",
      job_id: jobId,
      job_type: "QUERY",
      job_mode: "async",
      queue_name: "nightly",
      start_time: started,
      duration: 1500,
      status: "RUNNING",
    });
    await callJobApi(bundle, "POST", `/jobs/${uid}/finish`, { outcome: "failed", error: "no such table" });
    bundle.clock.time += 5000;
    const failed = { is_success: true, duration: 1500, status: "FAILED", message: "no such table" };
    expect(await check(bundle, sqlStatus, jobId)).toMatchObject(failed);
  });
});

describe("the namespace password", () => {
  test.each([describeIndex, getUpload])("is asked for by $operation, as by its cancel", async (request) => {
    const { jobId } = await registerJob(bundle, request);
    const code = async (parameters: Record<string, string>) =>
      (await request.send(bundle, jobId, { parameters })).body.Code;
    expect(await code({})).toBeUndefined();
    for (const NamespacePassword of ["wrong", "testpasswor", "testpassword ", "TESTPASSWORD"])
      expect(await code({ NamespacePassword })).toBe("AccountOrPassword.VerificationError");
  });

  test("is not compared where the job has none", async () => {
    const { service, scope } = describeIndex;
    await callJobApi(bundle, "POST", "/jobs", { service, scope, jobId: "open" });
    expect(await check(bundle, describeIndex, "open")).toMatchObject({ Status: "Running" });
  });

  test("is no way to learn of another account's job", async () => {
    const { jobId } = await registerJob(bundle, describeIndex, "running", {}, "account-1-token");
    const asked = { token: "account-2-token", parameters: { NamespacePassword: "wrong" } };
    expect((await describeIndex.send(bundle, jobId, asked)).body.Code).toBe("Job.NotFound");
  });
});

test("a read writes nothing", async () => {
  for (const request of readRequests) {
    const { jobId, uid } = await registerJob(bundle, request, "running");
    const before = await bundle.services.jobs.get(uid);
    await check(bundle, request, jobId);
    expect(await bundle.services.jobs.get(uid)).toEqual(before);
  }
});
