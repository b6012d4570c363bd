import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sweep } from "../../../functions/reconcile-cancellations/sweep.ts";
import { dynamoDbDueQueue } from "../../../shared/adapters/dynamodb/due-queue.ts";
import { backendKinds, openBackends } from "../../../shared/backends/registry.ts";
import { callJobApi, sqlJob, toReceipt } from "../../support/requests/cancel-requests.ts";
import { type InProcessBundle, inProcessBundle } from "../../support/stack/bundle.ts";
import { aJob, now } from "../../support/stack/jobs.ts";
import { type JobsTable, startJobsTable } from "../../support/stack/jobs-table.ts";
import { scheduledRun } from "../../support/stack/runs.ts";
import { toyBackend } from "../../support/stores/toy-backend.ts";

test("every backend is a folder, and every folder is in the registry", () => {
  const folders = readdirSync(new URL("../../../shared/backends", import.meta.url), { withFileTypes: true });
  expect(folders.filter((entry) => entry.isDirectory()).map(({ name }) => name)).toEqual(backendKinds);
});

describe("a backend that is registered from outside", () => {
  let table: JobsTable;
  beforeAll(async () => {
    table = await startJobsTable();
  });
  afterAll(() => table.stop());

  const start = async () => {
    const toy = toyBackend();
    const dueQueue = dynamoDbDueQueue({ call: table.call, table: table.table, backendKinds: [...backendKinds, "toy"] });
    const bundle: InProcessBundle = inProcessBundle({ ...table, dueQueue });
    Object.assign(bundle.services, { backends: { ...openBackends({}), toy: toy.backend } });
    const sweepAt = async (seconds: number) => {
      bundle.clock.time = now + seconds * 1000;
      await sweep.run(scheduledRun(bundle.services));
    };
    const job = aJob({ backend: { kind: "toy" }, heartbeatTimeoutSeconds: 3600, graceSeconds: 5 });
    await table.jobs.register(job, job.uid);
    return { toy, bundle, sweepAt, job };
  };

  test("stops a job that its provider's API cancels, and the receipt says who saw that", async () => {
    const { toy, bundle, sweepAt, job } = await start();
    toy.begin(job, "stops when asked");
    expect((await sqlJob.send(bundle, job.jobId)).status).toBe(200);
    expect(toy.isAlive(job)).toBe(false);
    await sweepAt(1);
    expect(await toReceipt(bundle, job.uid)).toMatchObject({
      outcome: "stopped",
      assurance: "observed",
      verified: true,
      evidence: { kind: "process-gone", witness: "the toy box" },
    });
  });

  test("is taken to its next step when the first has had no effect", async () => {
    const { toy, bundle, sweepAt, job } = await start();
    toy.begin(job, "has to be killed");
    await callJobApi(bundle, "POST", `/jobs/${job.uid}/cancel`, {});
    for (const seconds of [1, 5, 6, 10, 20]) await sweepAt(seconds);
    const { steps, assurance } = await toReceipt(bundle, job.uid);
    expect((steps as { step: string }[]).map(({ step }) => step)).toEqual([
      "stop-requested",
      "escalated",
      "process-gone",
    ]);
    expect(assurance).toBe("observed");
  });

  test("that cannot stop the work says so", async () => {
    const { toy, bundle, sweepAt, job } = await start();
    toy.begin(job, "cannot be stopped");
    await callJobApi(bundle, "POST", `/jobs/${job.uid}/cancel`, {});
    for (const seconds of [1, 5, 15, 16]) await sweepAt(seconds);
    expect(await toReceipt(bundle, job.uid)).toMatchObject({
      outcome: "not-stopped",
      assurance: null,
      verified: false,
    });
    expect(toy.isAlive(job)).toBe(true);
  });
});

test("a job whose backend this version does not know is cancelled, and nothing is concluded", async () => {
  const table = await startJobsTable();
  const bundle = inProcessBundle(table);
  const job = aJob({ backend: { kind: "newer" }, heartbeatTimeoutSeconds: 3600 });
  await table.jobs.register(job, job.uid);
  expect((await callJobApi(bundle, "POST", `/jobs/${job.uid}/cancel`, {})).status).toBe(202);
  bundle.clock.time = now + 1000;
  await sweep.run(scheduledRun(bundle.services));
  expect(await toReceipt(bundle, job.uid)).toMatchObject({ outcome: "stopping", assurance: null });
  await table.stop();
});
