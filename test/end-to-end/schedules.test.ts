import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Standdown, startStanddown, until } from "../support/end-to-end/end-to-end.ts";
import { awsOf } from "../support/end-to-end/end-to-end-aws.ts";
import { clientOf, jobsThrough } from "../support/end-to-end/end-to-end-client.ts";

let standdown: Standdown;
let directory: string;

/** The development configuration, with a policy against graph jobs that run for longer than two seconds. */
const policy = { name: "short-graph-jobs", service: "ges", maxRuntimeSeconds: 2, action: "cancel" };
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "standdown-schedules-"));
  const file = path.join(import.meta.dirname, "../../config/development.json");
  const config = { ...JSON.parse(await readFile(file, "utf8")), cleanup: { policies: [policy] } };
  const configFile = path.join(directory, "config.json");
  await writeFile(configFile, JSON.stringify(config));
  standdown = await startStanddown({ samples: true, settings: { STANDDOWN_CONFIG: configFile } });
});
afterAll(async () => {
  await standdown?.stop();
  await rm(directory, { recursive: true });
});

/** The worker of a sample of this very runner: its program is in our directory. The other is the guard before it. */
const workerOf = async (sample: string): Promise<number> => {
  const { stdout } = await promisify(execFile)("ps", ["-e", "-ww", "-o", "pid=,args="]);
  const program = path.join(standdown.data, "samples/programs", `${sample}.mjs`);
  const line = stdout.split("\n").find((one) => one.endsWith(program) && !/^\s*\d+ sh /.test(one));
  if (line === undefined) throw new Error(`no worker of ${sample}`);
  return Number.parseInt(line, 10);
};

test("a worker that hangs past its policy is cancelled by the schedule, and the receipt says so", async () => {
  const aws = awsOf(standdown);
  const jobs = jobsThrough(clientOf(standdown.facts.http));
  const { uid } = standdown.facts.samples?.find(({ operation }) => operation === "cancel-graph-job") ?? { uid: "" };
  const pid = await workerOf("ges");
  process.kill(pid, "SIGSTOP");
  try {
    const summary = await until(
      () => aws.invoke("cleanup-stale-jobs"),
      ({ policies }) =>
        (policies as { name: string; cancelled: number }[]).some(
          (one) => one.name === policy.name && one.cancelled > 0,
        ),
      15_000,
    );
    expect(summary).toMatchObject({ jobs: [{ uid, policy: policy.name, result: "cancelled" }] });
    // Its lease of ten seconds ends, and nothing but reconciling can find that out.
    const receipt = await until(
      () => aws.invoke("reconcile-cancellations").then(() => jobs.receipt(uid)),
      ({ outcome }) => outcome !== "stopping",
      20_000,
    );
    expect(receipt).toMatchObject({
      trigger: "schedule",
      requestedBy: "events",
      reason: `policy:${policy.name}`,
      outcome: "stopped",
      assurance: "presumed",
      verified: false,
      evidence: { kind: "lease-expired" },
    });
    const events = await until(
      () => aws.eventsOf(uid),
      ({ length }) => length >= 2,
      10_000,
    );
    expect(new Set(events).size).toBe(2);
  } finally {
    process.kill(pid, "SIGCONT");
    aws.stop();
  }
});
