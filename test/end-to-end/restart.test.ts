import { once } from "node:events";
import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { runJob } from "../../packages/client/src/run-job.ts";
import { newDirectory, startStanddown, until } from "../support/end-to-end/end-to-end.ts";
import { clientOf, jobsThrough, token } from "../support/end-to-end/end-to-end-client.ts";

const project = "b02ce40e8cb84a8e980fdb11fac657db";
const registration = { service: "dli", scope: { projectId: project } } as const;

test("a restart keeps jobs and receipts, and workers go on", async () => {
  const data = await newDirectory();
  let standdown = await startStanddown({ data });
  try {
    const { http: endpoint } = standdown.facts;
    const send = clientOf(endpoint);
    const jobs = jobsThrough(send);
    const waiting = await jobs.register({ ...registration, state: "queued" });
    expect((await send("DELETE", `/v1.0/${project}/jobs/${waiting.jobId}`)).status).toBe(200);
    const before = { job: await jobs.job(waiting.uid), receipt: await jobs.receipt(waiting.uid) };
    expect(before.receipt).toMatchObject({ outcome: "stopped", evidence: { kind: "never-started" } });

    const started = Promise.withResolvers<string>();
    const worker = runJob(
      { endpoint, token, job: { ...registration, heartbeatTimeoutSeconds: 20 }, heartbeatSeconds: 0.1 },
      async (signal, { uid }) => {
        started.resolve(uid);
        if (!signal.aborted) await once(signal, "abort");
        throw signal.reason;
      },
    );
    const uid = await Promise.race([started.promise, worker.then(() => "ended too early")]);

    expect(await standdown.end("SIGTERM")).toBe(0);
    standdown = await startStanddown({ data, port: Number(new URL(endpoint).port) });
    expect(standdown.facts.http).toBe(endpoint);

    expect({ job: await jobs.job(waiting.uid), receipt: await jobs.receipt(waiting.uid) }).toEqual(before);
    const seen = await jobs.job(uid);
    // The worker found the new runner by itself, is heard, and hears the stop request.
    await until(
      () => jobs.job(uid),
      ({ heartbeatAt }) => heartbeatAt > seen.heartbeatAt,
      10_000,
    );
    expect((await send("POST", `/jobs/${uid}/cancel`)).status).toBe(202);
    expect(await worker).toMatchObject({ uid, outcome: "cancelled", recorded: "cancelled" });
    expect(await jobs.receipt(uid)).toMatchObject({ outcome: "stopped", evidence: { kind: "worker-acknowledged" } });
  } finally {
    await standdown.stop();
    await rm(data, { recursive: true, force: true });
  }
});
