/** Work in Node that runs under the client, as a user's does. Takes the same environment as worker.sh, and MANNERS. */
import "./moved-clock.ts";
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type RunningJob, runJob } from "../../../packages/client/src/run-job.ts";

const { env } = process;
const { EFFECTS = "", JOB = "", INCARNATION = "1", FLAGS = "", MANNERS, WORK = "", KIND, TOKEN = "" } = env;
const parts = Number(env.PARTS);
const pauseMs = Number(env.PAUSE) * 1000;

const part = (name: string): void => {
  const seconds = Number(process.hrtime.bigint()) / 1e9;
  appendFileSync(EFFECTS, `${JOB} ${INCARNATION} ${name} ${seconds.toFixed(6)}\n`);
};

const isFlagged = (name: string): boolean => existsSync(`${FLAGS}/${name}`);
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Works on without giving the event loop a turn, for as long as the referee says so. */
const block = (): void => {
  writeFileSync(`${FLAGS}/blocked`, "");
  for (let n = 1; isFlagged("block"); n++) {
    part(`k${n}`);
    Atomics.wait(sleeper, 0, 0, pauseMs);
  }
};

/** A lane that asks before each part whether to go on. */
const lane = async (name: string, signal: AbortSignal, isObeyed = true): Promise<void> => {
  for (let n = 1; n <= parts; n++) {
    if (isObeyed) signal.throwIfAborted();
    part(`${name}${n}`);
    if (MANNERS === "blocks" && isFlagged("block")) block();
    await pause(pauseMs);
  }
};

const workInNode = async (signal: AbortSignal, job: RunningJob): Promise<void> => {
  if (MANNERS === "floats") void lane("x", signal, false);
  if (MANNERS === "lanes") void job.lane((its) => lane("l", its));
  if (MANNERS === "returns") {
    for (let n = 1; n <= parts; n++) {
      if (signal.aborted) return;
      part(`m${n}`);
      await pause(pauseMs);
    }
  } else await lane("m", signal, MANNERS !== "swallows");
  job.complete();
};

const workInChild = async (signal: AbortSignal, job: RunningJob): Promise<void> => {
  const { code } = await job.spawn("sh", [WORK], { stdio: "ignore", killAfterMs: 200 }).exit;
  if (code === 0) job.complete();
  else if (!signal.aborted) throw new Error(`the child ended with ${code}`);
};

const untilReady = async (signal: AbortSignal): Promise<void> => {
  while (!isFlagged("start")) {
    if (isFlagged("obeys")) signal.throwIfAborted();
    await pause(10);
  }
};

if (env.SAYS_SUCCEEDED === "1") {
  // As a client did that took every return for success.
  const { fetch } = globalThis;
  globalThis.fetch = (input, init = {}) => {
    const body =
      typeof init.body === "string" ? init.body.replace('"outcome":"cancelled"', '"outcome":"succeeded"') : init.body;
    return fetch(input, { ...init, ...(body === undefined ? {} : { body }) });
  };
}

await runJob(
  {
    endpoint: `http://127.0.0.1:${env.PORT}`,
    token: TOKEN,
    job: JSON.parse(env.REGISTRATION ?? "{}"),
    heartbeatSeconds: Number(env.BEAT),
    reportSeconds: 20,
    untilReady,
  },
  KIND === "spawn" ? workInChild : workInNode,
);
