import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { until } from "../support/end-to-end/end-to-end.ts";
import { token } from "../support/end-to-end/end-to-end-client.ts";
import { useStanddown } from "../support/end-to-end/end-to-end-fixture.ts";

const { standdown, send, jobs } = useStanddown();
const project = "b02ce40e8cb84a8e980fdb11fac657db";

test("200 cancels at once have one effect and one answer", async () => {
  const { uid, jobId } = await jobs.register({ service: "dli", scope: { projectId: project } });

  const answers = await Promise.all(
    Array.from({ length: 200 }, () => send("DELETE", `/v1.0/${project}/jobs/${jobId}`)),
  );

  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
    new Set(['200 {"is_success":true,"message":""}']),
  );
  expect((await jobs.job(uid)).state).toBe("stopping");
  expect(await jobs.receipt(uid)).toMatchObject({ outcome: "stopping", verified: false, evidence: null, repeats: 199 });
});

/** A job whose worker is another process, which was told its uid by the runner. */
const startWorker = async (registration: object) => {
  const script = path.join(import.meta.dirname, "../support/end-to-end/end-to-end-worker.ts");
  const worker = spawn(process.execPath, [script, standdown().facts.http, token, JSON.stringify(registration)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [uid] = await once(createInterface({ input: worker.stdout }), "line");
  return { uid: String(uid), worker, ended: once(worker, "exit") };
};

test("a job whose worker was killed is cancelled once its lease is over", async () => {
  const leaseSeconds = 1;
  const registration = {
    service: "dli",
    scope: { projectId: project },
    heartbeatTimeoutSeconds: leaseSeconds,
    graceSeconds: 1,
  };
  const { uid, worker, ended } = await startWorker(registration);
  try {
    // Stopped first, so that it cannot hear the stop request before it is killed.
    worker.kill("SIGSTOP");
    const order = await send("POST", `/jobs/${uid}/cancel`, { body: { reason: "its machine is gone" } });
    expect(order.status).toBe(202);
  } finally {
    worker.kill("SIGKILL");
  }
  await ended;

  const { heartbeatAt } = await until(
    () => jobs.job(uid),
    ({ state }) => state === "cancelled",
    3_000,
  );
  const { evidence, ...receipt } = await jobs.receipt(uid);
  expect(receipt).toMatchObject({ outcome: "stopped", assurance: "presumed", verified: false });
  expect(evidence?.kind).toBe("lease-expired");
  // Never earlier than the lease allows.
  expect(Date.parse(evidence?.at ?? "")).toBeGreaterThanOrEqual(Date.parse(heartbeatAt) + leaseSeconds * 1000);

  // Fenced: a worker that was only cut off is told to give up.
  expect((await send("POST", `/jobs/${uid}/heartbeat`)).status).toBe(409);
  expect((await send("POST", `/jobs/${uid}/finish`, { body: { outcome: "succeeded" } })).status).toBe(409);
  expect((await jobs.job(uid)).state).toBe("cancelled");
});
