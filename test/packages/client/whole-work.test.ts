import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type JobRegistration, type RunJobOptions, runJob, type Work } from "../../../packages/client/src/run-job.ts";
import { projectId, startJobApi, token } from "./job-api-server.ts";
import { untilStopped } from "./until-stopped.ts";

let api: Awaited<ReturnType<typeof startJobApi>>;

beforeAll(async () => {
  api = await startJobApi();
});
afterAll(() => api.stop());

const query: JobRegistration = { service: "dli", scope: { projectId }, heartbeatTimeoutSeconds: 5, graceSeconds: 5 };

const run = <Result>(work: Work<Result>, options: Partial<RunJobOptions> = {}) =>
  runJob({ endpoint: api.endpoint, token, job: query, heartbeatSeconds: 0.03, ...options }, work);

const receiptOf = async ({ uid }: { uid: string }) => api.get(`/jobs/${uid}/receipt`);

describe("work in lanes", () => {
  test("has stopped when the last of them has", async () => {
    const stopped: string[] = [];
    const end = await run(async (signal, job) => {
      for (const [name, ms] of [["slow", 150] as const, ["quick", 1] as const])
        void job.lane(async (given) => {
          await untilStopped(given).catch(() => pause(ms));
          stopped.push(name);
        });
      await api.post(`/jobs/${job.uid}/cancel`);
      await untilStopped(signal);
    });
    expect(stopped).toEqual(["quick", "slow"]);
    expect(end).toMatchObject({ outcome: "cancelled", recorded: "cancelled" });
  });

  test("is complete when the last of them is, also where nobody waited for it", async () => {
    let done = 0;
    const end = await run((_, { lane }) => {
      for (let part = 0; part < 3; part++) void lane(() => pause(20).then(() => lane(() => void done++)));
    });
    expect([done, end.outcome, end.recorded]).toEqual([3, "succeeded", "succeeded"]);
  });

  test("has failed when one of them has", async () => {
    const error = new Error("table orders is gone");
    const end = await run((_, { lane }) => void lane(() => Promise.reject(error)).catch(() => {}));
    expect(end).toMatchObject({ outcome: "failed", error, recorded: "failed" });
  });

  test("begins no lane once it is to stop", async () => {
    let began = false;
    await run(async (signal, job) => {
      await api.post(`/jobs/${job.uid}/cancel`);
      await untilStopped(signal).catch(() => {});
      await job.lane(() => {
        began = true;
      });
    });
    expect(began).toBe(false);
  });
});

describe("a command that the work has started", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "standdown-"));
  const isAlive = (pid: number): boolean => {
    try {
      return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
      return false;
    }
  };
  const pidIn = (file: string) => Number(readFileSync(file, "utf8"));
  const isWritten = async (file: string) => {
    while (!existsSync(file) || readFileSync(file, "utf8") === "") await pause(10);
  };

  test.each([
    ["in the background of a shell", `sleep 1000 & echo $! > FILE; wait`],
    ["behind a pipe", `( sh -c 'echo $$ > FILE; exec sleep 1000' ) | cat`],
    ["that ignores SIGTERM", `trap "" TERM; echo $$ > FILE; while true; do sleep 0.1; done`],
    ["that was stopped", `sleep 1000 & echo $! > FILE; kill -STOP $!; wait`],
    ["whose shell has ended", `sleep 1000 & echo $! > FILE`],
  ])("leaves nothing %s when it is to stop", async (name, script) => {
    const file = path.join(directory, name.replaceAll(" ", "-"));
    const end = await run(async (signal, job) => {
      job.spawn("sh", ["-c", script.replaceAll("FILE", file)], { killAfterMs: 200 });
      await isWritten(file);
      expect(isAlive(pidIn(file))).toBe(true);
      await api.post(`/jobs/${job.uid}/cancel`);
      await untilStopped(signal);
    });
    expect(isAlive(pidIn(file))).toBe(false);
    expect(end).toMatchObject({ outcome: "cancelled", recorded: "cancelled" });
    expect(await receiptOf(end)).toMatchObject({ assurance: "acknowledged", verified: false });
  });

  test("is waited for when the work returns", async () => {
    const end = await run(async (_, job) => {
      const { exit, stdout } = job.spawn("sh", ["-c", "echo hello; (sleep 0.1; exit 3) & exit 4"], { stdio: "pipe" });
      let text = "";
      for await (const chunk of stdout ?? []) text += chunk;
      return { text, exit: await exit };
    });
    expect(end).toMatchObject({
      outcome: "succeeded",
      result: { text: "hello\n", exit: { code: 4, signal: null } },
    });
  });

  test("is ended when the work fails", async () => {
    const file = path.join(directory, "failing");
    await run(async (_, job) => {
      job.spawn("sh", ["-c", `echo $$ > ${file}; exec sleep 1000`]);
      await isWritten(file);
      throw new Error("no");
    });
    expect(isAlive(pidIn(file))).toBe(false);
  });

  test("that cannot be started is an error of the work", async () => {
    const end = await run((_, { spawn }) => void spawn("/no/such/command"));
    expect(end).toMatchObject({ outcome: "failed", error: { code: "ENOENT" } });
  });
});

describe("a worker that was not there", () => {
  const lease = { job: { ...query, heartbeatTimeoutSeconds: 1 } };

  /** Keeps the event loop from turning. */
  const block = (ms: number) => execFileSync("sleep", [String(ms / 1000)]);

  test("for as long as its lease begins no other part", async () => {
    let parts = 0;
    const end = await run((signal) => {
      for (let part = 0; part < 3; part++) {
        signal.throwIfAborted();
        parts++;
        block(1_100);
      }
    }, lease);
    expect(parts).toBe(1);
    expect(end).toMatchObject({ outcome: "failed", error: { why: { kind: "lease-lost" } }, recorded: "failed" });
  });

  test("for less than that goes on", async () => {
    let parts = 0;
    const end = await run(async (signal) => {
      for (let part = 0; part < 3; part++) {
        if (signal.aborted) return;
        parts++;
        block(300);
        await api.answered("POST /jobs/{uid}/heartbeat");
      }
    }, lease);
    expect([parts, end.outcome]).toEqual([3, "succeeded"]);
  });

  test("but had completed its work has completed it", async () => {
    const end = await run(() => block(1_100), lease);
    expect(end).toMatchObject({ outcome: "succeeded", recorded: "succeeded" });
  });
});

test("a worker's fencing token grows with every incarnation of its job", async () => {
  const job = { ...query, jobId: "fenced" };
  const tokens: string[] = [];
  for (let time = 0; time < 3; time++) await run((_, { fencingToken }) => void tokens.push(fencingToken), { job });
  expect(tokens).toEqual(tokens.toSorted());
  expect(new Set(tokens).size).toBe(3);
});
