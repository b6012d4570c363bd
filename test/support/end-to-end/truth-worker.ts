/** Work that once ended in a receipt which said more than was known. Run with: case, endpoint, token, log file, registration. */
import { exec } from "node:child_process";
import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { runJob, type Work } from "../../../packages/client/src/run-job.ts";

const [name = "", endpoint = "", token = "", log = "", registration = "{}"] = process.argv.slice(2);
const job = JSON.parse(registration);

const write = (what: string) => appendFileSync(log, `${Date.now()} ${what}\n`);

const part = async () => {
  write("part");
  await pause(50);
};

/** Keeps the process from hearing anything until the test lets it go by a file beside its log. */
const block = () => {
  while (!existsSync(`${log}.released`)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
};

/** A shell that has its work done by another process behind a pipe. */
const shell = `( sh -c 'echo "$(date +%s%3N) shell $$" >> ${log}; while true; do echo "$(date +%s%3N) part" >> ${log}; sleep 0.05; done' ) | cat`;

const works: Readonly<Record<string, Work<void>>> = {
  "child of a shell": async (signal) => void (await promisify(exec)(shell, { signal })),
  "child in a group": async (_, { spawn }) => {
    const { exit } = spawn("sh", ["-c", shell]);
    await exit;
  },
  blocked: (signal) => {
    for (let n = 0; n < 3; n++) {
      signal.throwIfAborted();
      write("part");
      block();
    }
  },
  loop: async (signal) => {
    for (let n = 0; n < 400; n++) {
      signal.throwIfAborted();
      await part();
    }
  },
  "early return": async (signal) => {
    for (let n = 0; n < 400; n++) {
      if (signal.aborted) return;
      await part();
    }
  },
};

/** A worker in any language: it makes the documented calls, and its heartbeats fail after the first. */
const runWithoutHeartbeats = async () => {
  const call = (path: string, body: object) =>
    fetch(endpoint + path, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const { uid } = (await (await call("/jobs", job)).json()) as { uid: string };
  await call(`/jobs/${uid}/heartbeat`, {});
  process.once("SIGUSR2", async () => {
    const { status } = await call(`/jobs/${uid}/finish`, { outcome: "succeeded" });
    write(`finish ${status}`);
    process.exit();
  });
  write(`began ${uid}`);
  for (;;) await part();
};

if (name === "silent") await runWithoutHeartbeats();
else {
  const work = works[name];
  if (work === undefined) throw new Error(`no work is named ${name}`);
  const end = await runJob({ endpoint, token, job, heartbeatSeconds: 0.2 }, (signal, running) => {
    write(`began ${running.uid}`);
    return work(signal, running);
  });
  write(`ended ${end.outcome} ${end.recorded}`);
}
