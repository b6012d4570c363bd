import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { until } from "../support/end-to-end/end-to-end.ts";
import { awsOf } from "../support/end-to-end/end-to-end-aws.ts";
import { jsonOf } from "../support/end-to-end/end-to-end-client.ts";
import { useStanddown } from "../support/end-to-end/end-to-end-fixture.ts";

const { standdown, jobs, send } = useStanddown({ samples: true });

interface SampleJob {
  readonly jobId: string;
  readonly scope: Readonly<Record<string, string>>;
}

/** The native parameters of each cancel. */
const toParameters: Readonly<Record<string, (job: SampleJob) => object>> = {
  "cancel-create-index-job": ({ jobId: JobId, scope }) => analyticDb(JobId, scope),
  "cancel-upload-document-job": ({ jobId: JobId, scope }) => analyticDb(JobId, scope),
  "cancel-graph-job": ({ jobId: job_id, scope }) => ({
    project_id: scope.projectId,
    graph_name: scope.graphName,
    job_id,
  }),
  "cancel-scheduled-task": ({ jobId: job_id, scope }) => ({ project_id: scope.projectId, job_id }),
  "cancel-sql-job": ({ jobId: job_id, scope }) => ({ project_id: scope.projectId, job_id }),
};

const analyticDb = (JobId: string, scope: SampleJob["scope"]) => ({
  RegionId: scope.regionId,
  DBInstanceId: scope.dbInstanceId,
  Namespace: scope.namespace,
  Collection: scope.collection,
  JobId,
});

describe("a message cancels a running sample:", () => {
  test.concurrent.each(Object.keys(toParameters))("%s", async (operation) => {
    const aws = awsOf(standdown());
    const { uid } = standdown().facts.samples?.find((sample) => sample.operation === operation) ?? { uid: "" };
    const job: SampleJob = jsonOf(await send("GET", `/jobs/${uid}`));
    const isAnalyticDb = "regionId" in job.scope;
    await aws.send(operation, {
      operation,
      parameters: toParameters[operation]?.(job),
      reason: "no longer needed",
      requestedBy: "nightly-report",
      ...(isAnalyticDb ? { secretRef: "samples" } : {}),
    });
    const receipt = await until(
      () => jobs.receipt(uid),
      ({ outcome }) => outcome === "stopped",
      10_000,
    );
    expect(receipt).toMatchObject({
      trigger: "queue",
      requestedBy: "events",
      onBehalfOf: "nightly-report",
      reason: "no longer needed",
      verified: false,
    });
    const events = await until(
      () => aws.eventsOf(uid),
      ({ length }) => length >= 2,
      10_000,
    );
    expect(new Set(events)).toEqual(
      new Set(["dev.standdown.cancellation.requested.v1", "dev.standdown.cancellation.stopped.v1"]),
    );
    aws.stop();
  });
});

test("a poison message goes to the dead-letter queue at once with its reason, and the other nine are done", async () => {
  const aws = awsOf(standdown());
  const projectId = "b02ce40e8cb84a8e980fdb11fac657db";
  const registered = await Promise.all(
    Array.from({ length: 9 }, () => jobs.register({ service: "dli", scope: { projectId }, jobId: randomUUID() })),
  );
  const bodies = registered.map(({ jobId }) =>
    JSON.stringify({ operation: "cancel-sql-job", parameters: { project_id: projectId, job_id: jobId } }),
  );
  const canary = "canary-password";
  await aws.sendBatch("cancel-sql-job", bodies.toSpliced(4, 0, `{"operation":"cancel-sql-job","password":"${canary}`));

  // The visibility timeout is a minute: what arrives sooner was not tried again.
  const [letter, ...others] = await aws.deadLetters("cancel-sql-job", 20);
  expect(others).toEqual([]);
  expect(letter?.MessageAttributes).toMatchObject({
    Reason: { StringValue: "malformed" },
    Detail: { StringValue: "the body is not JSON." },
    Redacted: { StringValue: "true" },
  });
  expect(letter?.Body).not.toContain(canary);
  for (const { uid } of registered) {
    const { state } = await until(
      () => jobs.job(uid),
      (job) => job.state !== "running",
      5_000,
    );
    expect(state).toBe("stopping");
  }
  aws.stop();
});
