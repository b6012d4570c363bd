import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSamples } from "../../../packages/local/samples/start.ts";
import { startJobApi, token } from "../client/job-api-server.ts";

let api: Awaited<ReturnType<typeof startJobApi>>;
let directory: string;

beforeAll(async () => {
  api = await startJobApi();
  directory = await mkdtemp(path.join(tmpdir(), "standdown-samples-"));
});
afterAll(async () => {
  await api.stop();
  await rm(directory, { recursive: true });
});

test("a worker of each service registers a job, can be cancelled, and reports its end when it is stopped", async () => {
  const { commands, stop } = await startSamples({ http: api.endpoint, token, directory, print: () => {} });
  const jobs = new Map<string, string>();
  try {
    for (const { operation, uid, command } of commands) {
      const { jobId, state } = await api.get(`/jobs/${uid}`);
      expect(command).toContain(jobId);
      jobs.set(operation, state);
    }
    expect(Object.fromEntries(jobs)).toEqual({
      "cancel-create-index-job": "running",
      "cancel-upload-document-job": "running",
      "cancel-graph-job": "running",
      "cancel-scheduled-task": "queued",
      "cancel-sql-job": "running",
      "cancel-job": "running",
    });
    const graphJob = commands.find(({ operation }) => operation === "cancel-graph-job");
    await api.post(`/jobs/${graphJob?.uid}/cancel`, { reason: "a test" });
  } finally {
    await stop();
  }

  const states = await Promise.all(commands.map(async ({ uid }) => (await api.get(`/jobs/${uid}`)).state));
  expect(states.sort()).toEqual(["cancelled", "failed", "failed", "failed", "failed", "failed"]);
  const logs = await Promise.all(commands.map(({ log }) => readFile(log, "utf8")));
  for (const log of logs) {
    expect(log).toContain("registered as job");
    expect(log).not.toContain(token);
    expect(log).not.toContain("sample-password");
  }
});

test("samples that cannot get a job are an error that names the log", async () => {
  const start = startSamples({ http: api.endpoint, token: "a\nb", directory, registrationMs: 500 });
  await expect(start).rejects.toThrow(/The sample .* has no job yet; .*sample-.*\.log may say why/);
});
