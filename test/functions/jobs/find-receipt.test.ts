import { describe, expect, test } from "vitest";
import { callJobApi, registerJob, sqlJob } from "../../support/requests/cancel-requests.ts";
import { project, useBundle } from "../../support/stack/bundle.ts";
import { aJob } from "../../support/stack/jobs.ts";

const bundle = useBundle();

const find = (query: string, token?: string) =>
  token === undefined
    ? callJobApi(bundle, "GET", `/receipts?${query}`)
    : bundle.send("GET", `/receipts?${query}`, { headers: { authorization: `Bearer ${token}` } });

describe("the receipt of a job that is known by its service's id", () => {
  test("is that of its newest cancellation", async () => {
    const { jobId } = await registerJob(bundle, sqlJob, "cancelled");
    const again = await callJobApi(bundle, "POST", "/jobs", { service: "dli", scope: sqlJob.scope, jobId });
    const first = await find(`service=dli&jobId=${jobId}`);
    expect([first.status, first.body.outcome]).toEqual([200, "stopped"]);
    expect(first.body.uid).not.toBe(again.body.uid);
    await callJobApi(bundle, "POST", `/jobs/${again.body.uid}/cancel`);
    const { status, body } = await find(`service=dli&project=${project}&jobId=${jobId}`);
    expect([status, body.uid, body.outcome]).toEqual([200, again.body.uid, "stopping"]);
  });

  test("is none of a job that nobody cancelled, and none of no job", async () => {
    const { jobId } = await registerJob(bundle, sqlJob, "running");
    expect(await find(`service=dli&jobId=${jobId}`)).toMatchObject({ status: 404, body: { code: "no-cancellation" } });
    expect(await find(`service=ges&jobId=${jobId}`)).toMatchObject({ status: 404, body: { code: "job-not-found" } });
  });

  test("is not told apart from that of no job where it is another account's", async () => {
    const job = aJob({ account: "2", jobId: "of-another" });
    await bundle.services.jobs.register(job, job.uid);
    const none = await find("service=dli&jobId=of-nobody", "account-1-token");
    const other = await find("service=dli&jobId=of-another", "account-1-token");
    expect([other.status, other.body.code]).toEqual([none.status, none.body.code]);
    expect(other.status).toBe(404);
  });

  test.each(["", "service=dli", "jobId=x", "service=none&jobId=x", "service=dli&jobId=x&messageId=y"])(
    "needs service and jobId, and takes a project: %j",
    async (query) => {
      expect(await find(query)).toMatchObject({ status: 400, body: { code: "invalid-request" } });
    },
  );
});
