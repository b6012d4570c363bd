import { expect, test } from "vitest";
import { doSample } from "../../../examples/workers/do-sample.ts";
import type { Sample } from "../../../examples/workers/sample.ts";
import { JobStopped } from "../../../packages/client/src/run-job.ts";

const waiting: Sample = {
  name: "dds",
  jobId: "resize",
  job: { service: "dds", scope: { projectId: "p" }, state: "queued" },
  waitMs: 1,
  *round() {
    yield "moved 200 documents";
    return "moved all";
  },
  leavesBehind: (progress) => `left: ${progress}`,
  cancel: () => ({ method: "DELETE", path: "/", authentication: "X-Auth-Token" }),
};

const newJob = () => {
  const residue: string[] = [];
  return { job: { leaveBehind: (what: string) => void residue.push(what) }, residue };
};

test("a job that has waited for its start does one round", async () => {
  const said: string[] = [];
  await doSample(waiting, new AbortController().signal, newJob().job, (line) => said.push(line));
  expect(said).toEqual(["moved 200 documents", "round 1: moved all"]);
});

test("a job that is stopped says by whom, how long that took, and what it leaves behind", async () => {
  const said: string[] = [];
  const stop = new AbortController();
  const why = {
    kind: "cancelled",
    requestedBy: "ops",
    reason: null,
    requestedAt: new Date(),
    stopBy: new Date(),
  } as const;
  const { job, residue } = newJob();
  const say = (line: string) => {
    said.push(line);
    if (line === "moved 200 documents") stop.abort(new JobStopped(why));
  };
  await expect(doSample(waiting, stop.signal, job, say)).rejects.toMatchObject({ cause: { why } });
  expect(said.at(-2)).toBe("told to stop: ops cancelled the job");
  expect(said.at(-1)).toMatch(/^stopped after \d+ ms \(moved 200 documents\)$/);
  expect(residue).toEqual(["left: moved 200 documents"]);
});
