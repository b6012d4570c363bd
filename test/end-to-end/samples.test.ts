import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseContainment, probeCapabilities } from "../../packages/cli/containments/containment.ts";
import { until } from "../support/end-to-end/end-to-end.ts";
import { useStanddown } from "../support/end-to-end/end-to-end-fixture.ts";

const { standdown, jobs } = useStanddown({ samples: true });

/** Makes curl print the status after the body, without a change to the command that a user pastes. */
let curlSettings: string;
beforeAll(async () => {
  curlSettings = await mkdtemp(path.join(tmpdir(), "standdown-curl-"));
  await writeFile(path.join(curlSettings, ".curlrc"), 'silent\nwrite-out = "\\n%{http_code}"\n');
});
afterAll(() => rm(curlSettings, { recursive: true }));

const paste = async (command: string): Promise<{ status: number; body: unknown }> => {
  const env = { PATH: process.env.PATH, HOME: curlSettings, CURL_HOME: curlSettings };
  const { stdout } = await promisify(execFile)("bash", ["-c", command], { env });
  const [, head = "", status] = /^(.*)\n(\d{3})\s*$/s.exec(stdout) ?? [];
  // A command with -i prints the headers too.
  const body = head.startsWith("HTTP/") ? head.slice(head.search(/\r?\n\r?\n/)).trim() : head.trim();
  return { status: Number(status), body: body === "" ? undefined : JSON.parse(body) };
};

const success = { RequestId: expect.stringMatching(/^[0-9A-F-]{36}$/), Message: "success", Status: "success" };
const witnessed = chooseContainment(probeCapabilities()) === "none" ? "supervisor-reported" : "process-gone";
const documented = [
  ["cancel-create-index-job", 200, success, "worker-acknowledged"],
  ["cancel-upload-document-job", 200, success, "worker-acknowledged"],
  ["cancel-graph-job", 200, {}, "worker-acknowledged"],
  ["cancel-scheduled-task", 204, undefined, "never-started"],
  ["cancel-sql-job", 200, { is_success: true, message: "" }, "worker-acknowledged"],
  ["cancel-job", 202, expect.objectContaining({ state: "stopping" }), witnessed],
] as const;

/** Within one heartbeat, which the samples send every 2 s, with a second for a busy machine. */
const stopsWithinMs = 3_000;

describe("the printed command of", () => {
  test.concurrent.each(documented)("%s stops its sample", async (operation, status, body, evidence) => {
    const sample = standdown().facts.samples?.find((one) => one.operation === operation);
    if (sample === undefined) throw new Error(`there is no sample for ${operation}`);
    const { uid, command, log } = sample;
    // It is printed after the line that says that the runner listens, which is all that has been waited for.
    await until(
      async () => standdown().output(),
      (output) => output.includes(command),
      2_000,
    );
    expect((await jobs.job(uid)).state).toBe(evidence === "never-started" ? "queued" : "running");

    expect(await paste(command)).toEqual({ status, body });

    const receipt = await until(
      () => jobs.receipt(uid),
      ({ outcome }) => outcome !== "stopping",
      stopsWithinMs,
    );
    expect(receipt).toMatchObject({
      uid,
      outcome: "stopped",
      verified: evidence === "process-gone",
      evidence: { kind: evidence },
    });
    await until(
      () => readFile(log, "utf8"),
      (text) => / stopped (after|before) /.test(text),
      stopsWithinMs,
    );
    expect((await jobs.job(uid)).state).toBe("cancelled");
  });
});
