import { expect, test } from "vitest";
import { callJobApi, registerJob, sqlJob } from "../../support/requests/cancel-requests.ts";
import { project, useBundle } from "../../support/stack/bundle.ts";
import { aJob, aStoppingJob, now } from "../../support/stack/jobs.ts";

const bundle = useBundle();

const list = async (query: string) => {
  const { status, body } = await callJobApi(bundle, "GET", `/jobs?${query}`);
  expect(status).toBe(200);
  return (body.jobs as { uid: string; cancel: { outcome: string; assurance: string | null } | null }[]).map(
    ({ uid, cancel }) => ({ uid, ...(cancel ? { outcome: cancel.outcome, assurance: cancel.assurance } : {}) }),
  );
};

test("a list by the service's own id has the newest job of it and those before it, and reads no other", async () => {
  const { uid, jobId } = await registerJob(bundle, sqlJob, "failed");
  const again = await callJobApi(bundle, "POST", "/jobs", { service: "dli", scope: sqlJob.scope, jobId });
  for (let other = 0; other < 5; other++) await registerJob(bundle, sqlJob, "running");
  expect(await list(`service=dli&project=${project}&jobId=${jobId}`)).toEqual([{ uid: again.body.uid }, { uid }]);
  expect(await list(`jobId=${jobId}&state=running`)).toEqual([{ uid: again.body.uid }]);
  expect(await list(`jobId=${jobId}-and-more`)).toEqual([]);
});

test("a list by outcome or assurance has the cancellations that came to that", async () => {
  const put = async (job: ReturnType<typeof aJob>) => {
    await bundle.services.jobs.register(job, job.uid);
    return job.uid;
  };
  const asked = aStoppingJob(now, {
    service: "ges",
    owner: "outcomes",
    scope: { projectId: "outcomes", graphName: "g" },
  });
  const of = (cancellation: object, given: object) =>
    aJob({
      ...asked,
      ...aJob({ service: "ges", owner: "outcomes" }),
      ...given,
      cancellation: { ...asked.cancellation, ...cancellation } as never,
    });
  const stopping = await put(asked);
  const notStopped = await put(of({ outcome: "not-stopped" }, { state: "stopping" }));
  const stopped = await put(of({ outcome: "stopped", assurance: "observed" }, { state: "cancelled", endedAt: now }));
  const fallen = await put(of({ outcome: "stopped", assurance: "contradicted" }, { state: "cancelled", endedAt: now }));
  const inProject = (query: string) => list(`service=ges&project=outcomes&${query}`);
  expect(await inProject("outcome=not-stopped")).toEqual([
    { uid: notStopped, outcome: "not-stopped", assurance: null },
  ]);
  expect(await inProject("outcome=stopping")).toEqual([{ uid: stopping, outcome: "stopping", assurance: null }]);
  expect((await inProject("outcome=stopped")).map(({ uid }) => uid).sort()).toEqual([stopped, fallen].sort());
  expect(await inProject("assurance=contradicted")).toEqual([
    { uid: fallen, outcome: "stopped", assurance: "contradicted" },
  ]);
  expect(await inProject("assurance=presumed")).toEqual([]);
});

test.each(["outcome=done", "assurance=sure", "jobId="])("%s is refused", async (query) => {
  const { status, body } = await callJobApi(bundle, "GET", `/jobs?${query}`);
  expect([status, body.code]).toEqual([400, "invalid-request"]);
});
