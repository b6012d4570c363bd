import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { findNamespace } from "../../packages/cli/containments/namespace.ts";
import { startCommand } from "../support/end-to-end/commands.ts";
import { until } from "../support/end-to-end/end-to-end.ts";
import { awsOf } from "../support/end-to-end/end-to-end-aws.ts";
import { useStanddown } from "../support/end-to-end/end-to-end-fixture.ts";

const { standdown, send, jobs } = useStanddown();

const projectId = "b02ce40e8cb84a8e980fdb11fac657db";

/** `standdown run`, as a user starts it. */
const run = (options: readonly string[], command: readonly string[], input = "") =>
  startCommand(standdown().facts.http, ["run", "--heartbeat", "0.2", ...options, "--", ...command], input);

/** Whether a process has this in its environment, wherever it went. */
const isAnyLeft = (mark: string): boolean =>
  readdirSync("/proc").some((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "latin1").includes(mark);
    } catch {
      return false;
    }
  });

let serial = 0;
const newMark = () => `STANDDOWN_TEST_MARK=${process.pid}-${++serial}`;

const uidOf = async (jobId: string, state = "running"): Promise<string> => {
  const found = await until(
    async () =>
      JSON.parse((await send("GET", "/jobs?limit=100")).text).jobs as { uid: string; jobId: string; state: string }[],
    (all) => all.some((job) => job.jobId === jobId && job.state === state),
    10_000,
  );
  return found.find((job) => job.jobId === jobId)?.uid ?? "";
};

const observed =
  findNamespace() === undefined ? { assurance: "acknowledged" } : { assurance: "observed", verified: true };

describe("a command under standdown run", () => {
  test.each([
    ["that succeeds", ["sh", "-c", "cat; exit 0"], 0, "succeeded"],
    ["that fails", ["sh", "-c", "cat; exit 7"], 7, "failed"],
    ["that a signal ends", ["sh", "-c", "cat; kill -9 $$"], 137, "failed"],
  ])("%s has its streams and its exit code", async (_, command, code, state) => {
    const jobId = `command-${++serial}`;
    const { end } = run(["--job-id", jobId, "--label", "team=etl", "--job-type", "shell"], command, "one\ntwo\n");
    expect(await end).toMatchObject({ code, stdout: "one\ntwo\n" });
    const job = await jobs.job(await uidOf(jobId, state));
    expect(job).toMatchObject({ service: "generic", state, jobType: "shell", labels: { team: "etl" } });
  });

  test("that cannot be started is a failed job, and 127", async () => {
    const jobId = `command-${++serial}`;
    expect(await run(["--job-id", jobId], ["/nonexistent/command"]).end).toMatchObject({ code: 127 });
    await uidOf(jobId, "failed");
  });

  test("is ended with all that it started when a native API cancels it, and the receipt says who saw that", async () => {
    const jobId = `command-${++serial}`;
    const mark = newMark();
    const work = `export ${mark}; sleep 1000 & (setsid sleep 1000 &) ; (sh -c 'trap "" TERM; while :; do sleep 1; done' &) ; echo up; wait`;
    const { end, output } = run(
      ["--service", "dli", "--project", projectId, "--job-id", jobId, "--grace", "0.3"],
      ["sh", "-c", work],
    );
    await until(
      async () => output(),
      (text) => text.includes("up"),
      10_000,
    );
    const uid = await uidOf(jobId);
    expect((await send("DELETE", `/v1.0/${projectId}/jobs/${jobId}`)).status).toBe(200);
    expect((await end).code).toBeGreaterThan(128);
    expect(await jobs.receipt(uid)).toMatchObject({ outcome: "stopped", ...observed });
    if (findNamespace() !== undefined) expect(isAnyLeft(mark)).toBe(false);
  });

  test("has the time to end by itself", async () => {
    const jobId = `command-${++serial}`;
    const work = 'trap "echo flushed; exit 3" TERM; echo up; while :; do sleep 0.05; done';
    const { end, output } = run(["--job-id", jobId], ["sh", "-c", work]);
    await until(
      async () => output(),
      (text) => text.includes("up"),
      10_000,
    );
    const uid = await uidOf(jobId);
    await send("DELETE", `/generic/v1/namespaces/default/jobs/${jobId}`);
    expect(await end).toMatchObject({ code: 3, stdout: "up\nflushed\n" });
    expect(await jobs.receipt(uid)).toMatchObject({ outcome: "stopped", ...observed });
  });

  test("ends with its supervisor, which says that the job failed", async () => {
    const jobId = `command-${++serial}`;
    const mark = newMark();
    const { child, end, output } = run(
      ["--job-id", jobId, "--grace", "0.2"],
      ["sh", "-c", `export ${mark}; echo up; sleep 1000 & wait`],
    );
    await until(
      async () => output(),
      (text) => text.includes("up"),
      10_000,
    );
    child.kill("SIGTERM");
    expect((await end).code).toBe(143);
    await uidOf(jobId, "failed");
    expect(isAnyLeft(mark)).toBe(false);
  });

  test("of root ends with its supervisor, though that is killed; of a plain user it runs on", async () => {
    const mark = newMark();
    const work = `export ${mark}; (setsid sleep 5 &) ; echo up; sleep 5`;
    const { child, output } = run([], ["sh", "-c", work]);
    await until(
      async () => output(),
      (text) => text.includes("up"),
      10_000,
    );
    expect(isAnyLeft(mark)).toBe(true);
    child.kill("SIGKILL");
    if (findNamespace()?.[0] !== "setpriv") expect(isAnyLeft(mark)).toBe(true);
    else
      await until(
        async () => isAnyLeft(mark),
        (left) => !left,
        4_000,
      );
  });

  test("is not started when its cancel came first", async () => {
    const jobId = `command-${++serial}`;
    const aws = awsOf(standdown());
    const parameters = { namespace: "default", job_id: jobId };
    await aws.send("cancel-job", { operation: "cancel-job", parameters, ifUnknown: "tombstone" });
    await until(
      async () => readFileSync(path.join(standdown().data, "logs/functions.log"), "utf8"),
      (log) => log.includes('"outcome":"remembered"'),
      10_000,
    );
    const { code, stdout, stderr } = await run(["--job-id", jobId], ["echo", "started"]).end;
    expect([code, stdout]).toEqual([143, ""]);
    expect(stderr).toContain("cancelled-before-start");
    aws.stop();
  });
});

test.each([
  [[], ["true"], 77, "unauthenticated"],
  [["--signal", "KILL"], ["true"], 64, "--signal must be INT or TERM"],
  [["--label", "x"], ["true"], 64, "--label must be name=value"],
  [["--grace", "soon"], ["true"], 64, "--grace must be seconds"],
  [["--unknown"], ["true"], 64, "Unknown option"],
  [[], [], 64, "there is no command"],
])("run %j -- %j ends with %d", async (options, command, code, says) => {
  const wrong = code === 77 ? ["--token", "wrong"] : [];
  const { stderr, ...end } = await run([...options, ...wrong], command).end;
  expect(end.code).toBe(code);
  expect(stderr).toContain(says);
});
