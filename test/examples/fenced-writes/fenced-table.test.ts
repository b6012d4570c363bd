import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openFencedTable } from "../../../examples/fenced-writes/fenced-table.ts";
import { projectId, startJobApi, token } from "../../packages/client/job-api-server.ts";

let directory: string;
let api: Awaited<ReturnType<typeof startJobApi>>;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "standdown-fence-"));
  api = await startJobApi();
});
afterAll(async () => {
  await api.stop();
  await rm(directory, { recursive: true });
});

test("a worker whose job another has taken over writes nothing any more", async () => {
  const results = openFencedTable(path.join(directory, "taken-over.sqlite"));
  const job = { service: "dli", scope: { projectId }, jobId: "totals", heartbeatTimeoutSeconds: 1 };
  const first = await api.post("/jobs", job);
  const asleep = { jobId: "totals", fencingToken: String(first.body.uid) };
  expect(results.write(asleep, "month 1", "by the first")).toBe(true);

  // The first sleeps for two leases. Until then nobody else is let in.
  let second = await api.post("/jobs", job);
  while (second.body.code === "job-already-active") {
    await pause(50);
    second = await api.post("/jobs", job);
  }
  const awake = { jobId: "totals", fencingToken: String(second.body.uid) };
  expect(results.write(awake, "month 1", "by the second")).toBe(true);

  expect(results.write(asleep, "month 1", "by the first, which woke up")).toBe(false);
  expect(results.write(asleep, "month 2", "by the first, which woke up")).toBe(false);
  expect([results.read("month 1"), results.read("month 2")]).toEqual(["by the second", undefined]);
  expect(results.write({ ...asleep, jobId: "another job" }, "other", "of another job")).toBe(true);
  results.close();
});

test("the worker of the example writes its results", async () => {
  const script = path.join(import.meta.dirname, "../../../examples/fenced-writes/worker.ts");
  const location = path.join(directory, "worker.sqlite");
  const { stdout } = await promisify(execFile)(process.execPath, [script], {
    env: { ...process.env, STANDDOWN_ENDPOINT: api.endpoint, STANDDOWN_TOKEN: token, RESULTS: location },
  });
  expect(stdout).toBe("succeeded succeeded\n");
  const results = openFencedTable(location);
  expect(results.read("month 12")).toBe("done");
  results.close();
});
