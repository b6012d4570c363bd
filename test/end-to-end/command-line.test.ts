import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { startCommand } from "../support/end-to-end/commands.ts";
import { until } from "../support/end-to-end/end-to-end.ts";
import { useStanddown } from "../support/end-to-end/end-to-end-fixture.ts";

const { standdown, send, jobs } = useStanddown();

const cli = (...args: readonly string[]) => startCommand(standdown().facts.http, args).end;

let serial = 0;
let label: string;
beforeEach(() => {
  label = `test=line-${++serial}`;
});

const register = async (given: object = {}) => {
  const [name = "", value] = label.split("=");
  const job = { service: "generic", scope: {}, jobId: `job ${++serial}`, labels: { [name]: value }, graceSeconds: 1 };
  return jobs.register({ ...job, ...given });
};
const finish = (uid: string, outcome = "cancelled") => send("POST", `/jobs/${uid}/finish`, { body: { outcome } });
/** Reports the end once the job is to stop, as its worker would. */
const stopWhenAsked = async (uid: string) => {
  await until(
    async () => (await jobs.job(uid)).state,
    (state) => state === "stopping",
    10_000,
  );
  await finish(uid);
};

describe("standdown jobs", () => {
  test("lists jobs for people and for programs", async () => {
    const { uid, jobId } = await register();
    const table = await cli("jobs", "--label", label);
    expect(table).toMatchObject({ code: 0, stderr: "" });
    expect(table.stdout).toMatch(/^UID +SERVICE +JOB ID +STATE +CANCEL +AGE +HEARD +LABELS\n/);
    expect(table.stdout).toMatch(
      new RegExp(`^${uid} +generic +${jobId} +running +- +[\\d.]+s +[\\d.]+s +${label}$`, "m"),
    );
    expect((await cli("jobs", "--label", label, "-o", "name")).stdout).toBe(`${uid}\n`);
    expect(JSON.parse((await cli("jobs", "--job-id", jobId, "-o", "json")).stdout)).toMatchObject([{ uid, jobId }]);
    expect(parse((await cli("jobs", "--label", label, "-o", "yaml")).stdout)).toMatchObject([{ uid }]);
    expect((await cli("jobs", "--label", label, "--state", "queued", "-o", "name")).stdout).toBe("");
  });

  test("shows no more than it was asked for", async () => {
    for (let count = 0; count < 3; count++) await register();
    expect((await cli("jobs", "--label", label, "--limit", "2", "-o", "name")).stdout.split("\n")).toHaveLength(3);
    expect((await cli("jobs", "--label", label, "--limit", "0", "-o", "name")).stdout.split("\n")).toHaveLength(4);
  });

  test("refuses what the server does not know with its words", async () => {
    expect(await cli("jobs", "--state", "lost")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/state must be/),
    });
  });
});

describe("standdown cancel", () => {
  test("waits until the work says that it has stopped", async () => {
    const { uid } = await register();
    const [end] = await Promise.all([cli("cancel", uid, "--reason", "too dear"), stopWhenAsked(uid)]);
    expect(end).toMatchObject({ code: 0, stderr: "" });
    expect(end.stdout).toMatch(new RegExp(`^${uid}  stopped, acknowledged after [\\d.]+s\n$`));
    expect(JSON.parse((await send("GET", `/jobs/${uid}/receipt`)).text)).toMatchObject({ reason: "too dear" });
  });

  test("finds the job by the service's own id: the active one, where several had it", async () => {
    const before = await register({ jobId: "again" });
    await finish(before.uid, "failed");
    const { uid } = await register({ jobId: "again" });
    expect(await cli("cancel", "--service", "generic", "--job-id", "again", "--no-wait")).toMatchObject({
      code: 0,
      stdout: `${uid}  stopping\n`,
    });
    await finish(uid);
  });

  test.each([
    [
      "6 where only the work said so, and a witness was wanted",
      ["--until", "observed", "--timeout", "2s"],
      stopWhenAsked,
      6,
    ],
    ["7 where the work does not stop in time", ["--timeout", "1s"], async () => {}, 7],
    ["0 at once with --no-wait", ["--no-wait"], async () => {}, 0],
  ])("ends with %s", async (_, options, meanwhile, code) => {
    const { uid } = await register();
    const [end] = await Promise.all([cli("cancel", uid, ...options), meanwhile(uid)]);
    expect(end.code).toBe(code);
    await finish(uid);
  });

  test("ends with 3 for a job that had completed, 5 for one that is not there, 4 without rights, 2 without a job", async () => {
    const { uid } = await register();
    await finish(uid, "succeeded");
    expect(await cli("cancel", uid)).toMatchObject({
      code: 3,
      stdout: `${uid}  the job had ended before it was cancelled\n`,
    });
    expect(await cli("cancel", "01M8GWF1N0QJTMWFKGTVH42CZS")).toMatchObject({ code: 5 });
    expect(await cli("cancel", uid, "--token", "nobody")).toMatchObject({ code: 4 });
    expect(await cli("cancel", "--service", "generic", "--job-id", "no such job")).toMatchObject({ code: 5 });
    expect(await cli("cancel")).toMatchObject({ code: 2 });
    expect(await cli("cancel", uid, "--service", "generic")).toMatchObject({ code: 2 });
  });

  test("takes many, also from the standard input, and says of each what became of it", async () => {
    const [one, other] = [await register(), await register()];
    await finish(other.uid, "failed");
    const many = startCommand(standdown().facts.http, ["cancel", "-", "-o", "json"], `${one.uid}\n${other.uid}\n`).end;
    const [end] = await Promise.all([many, stopWhenAsked(one.uid)]);
    expect(end.code).toBe(8);
    expect(JSON.parse(end.stdout)).toMatchObject([
      { uid: one.uid, outcome: "stopped" },
      { uid: other.uid, error: "the job had ended before it was cancelled" },
    ]);
  });

  test("that is interrupted ends with 130, and the cancellation goes on", async () => {
    const { uid } = await register();
    const { child, end } = startCommand(standdown().facts.http, ["cancel", uid]);
    await until(
      async () => (await jobs.job(uid)).state,
      (state) => state === "stopping",
      10_000,
    );
    child.kill("SIGINT");
    expect(await end).toMatchObject({ code: 130, stdout: expect.stringContaining(uid) });
    await finish(uid);
    expect(await jobs.receipt(uid)).toMatchObject({ outcome: "stopped" });
  });
});

describe("standdown job, receipt and watch", () => {
  test("show a job, its receipt, and each step as it comes", async () => {
    const { uid, jobId } = await register();
    expect((await cli("job", uid)).stdout).toMatch(new RegExp(`^jobId +${jobId}$`, "m"));
    expect(await cli("receipt", uid)).toMatchObject({
      code: 5,
      stderr: expect.stringContaining("nobody has cancelled this job"),
    });
    await send("POST", `/jobs/${uid}/cancel`);
    const watch = startCommand(standdown().facts.http, ["watch", uid]);
    await until(
      async () => watch.output(),
      (text) => text.includes("stop-requested"),
      10_000,
    );
    await finish(uid);
    const { code, stdout } = await watch.end;
    expect(code).toBe(0);
    expect(stdout).toMatch(/stop-requested[\s\S]*worker-acknowledged[\s\S]*^stopped, acknowledged after/m);
    expect((await cli("receipt", uid)).stdout).toContain(
      "The work itself says that it has stopped; nobody else looked.",
    );
    expect(JSON.parse((await cli("receipt", uid, "-o", "json")).stdout)).toMatchObject({ uid, outcome: "stopped" });
    const byId = ["receipt", "--service", "generic", "--job-id"];
    expect((await cli(...byId, jobId)).stdout).toContain(uid);
    expect(await cli(...byId, "no such job")).toMatchObject({ code: 5 });
  });
});

describe("a profile", () => {
  const profile = (mode: number) => {
    const file = path.join(standdown().data, `profile-${mode}.json`);
    writeFileSync(file, JSON.stringify({ endpoint: standdown().facts.http, token: "dev-token" }));
    chmodSync(file, mode);
    return file;
  };
  const withProfile = (file: string) =>
    startCommand(standdown().facts.http, ["jobs", "--limit", "1"], "", { STANDDOWN_PROFILE: file }).end;

  test("stands in for endpoint and token, unless others can read it", async () => {
    expect(await withProfile(profile(0o600))).toMatchObject({ code: 0 });
    expect(await withProfile(profile(0o644))).toMatchObject({ code: 2, stderr: expect.stringMatching(/chmod 600/) });
    expect(await withProfile("/no/such/file")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/cannot be read/),
    });
  });
});
