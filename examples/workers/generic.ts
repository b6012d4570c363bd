/** A command that knows nothing of Standdown, under `standdown run`: its end is observed, and not only told. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Standdown } from "../../packages/client/src/standdown.ts";
import { uniquePart } from "./random.ts";
import { type Announcement, againAfterMs } from "./run-sample.ts";
import { curlCommand } from "./sample.ts";
import { openSampleLog } from "./sample-log.ts";

const {
  STANDDOWN_ENDPOINT: endpoint = "",
  STANDDOWN_TOKEN: token = "",
  STANDDOWN_SAMPLE_DIRECTORY: directory = "",
} = process.env;
const say = openSampleLog(directory, "generic");
const shutdown = new AbortController();
const { signal } = shutdown;
process.once("SIGTERM", () => shutdown.abort());

const command = ["sh", path.resolve("examples/scripts/count-words.sh")];

/** Heard of a cancel in the time of a breath, as the other samples. */
const settings = { heartbeat: 2, lease: 10, grace: 10 };

const start = (jobId: string): ChildProcess => {
  const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const args = ["run", ...options, "--job-id", jobId, "--job-type", "word-count", "--", ...command];
  return spawn(process.execPath, [path.resolve("packages/cli/standdown.js"), ...args], { stdio: "ignore" });
};

/** The job is registered by another process: it shows in the list. */
const announce = async (jobId: string, isOver: () => boolean): Promise<void> => {
  const standdown = new Standdown({ endpoint, token });
  while (!isOver()) {
    for await (const { uid } of standdown.jobs.list({ service: "generic", jobId })) {
      say(`registered as job ${jobId}, uid ${uid}`);
      const cancel = {
        method: "DELETE",
        path: `/generic/v1/namespaces/default/jobs/${jobId}`,
        authentication: "Bearer",
      } as const;
      const announcement: Announcement = { pid: process.pid, uid, command: curlCommand(endpoint, token, cancel) };
      console.log(JSON.stringify(announcement));
      return;
    }
    await pause(100);
  }
};

while (!signal.aborted) {
  const jobId = `count-words-${uniquePart()}`;
  const began = performance.now();
  const child = start(jobId);
  const end = () => void child.kill("SIGTERM");
  signal.addEventListener("abort", end);
  const ended = once(child, "exit");
  await announce(jobId, () => child.exitCode !== null).catch((error: Error) => say(`not registered: ${error.message}`));
  const [code] = await ended;
  signal.removeEventListener("abort", end);
  say(`stopped after ${Math.round((performance.now() - began) / 1000)} s, exit code ${code}`);
  await pause(againAfterMs, undefined, { signal }).catch(() => {});
}
