import { setTimeout as pause } from "node:timers/promises";
import type { RunningJob } from "../../packages/client/src/run-job.ts";
import type { Sample } from "./sample.ts";
import type { Say } from "./sample-log.ts";
import { doWork } from "./work.ts";

/** A job takes as many rounds as fit in this. */
const jobMs = 20 * 60_000;
const progressEveryMs = 5_000;

/** The work of one sample job, from its start, or its wait for that, to its end. */
export const doSample = async (sample: Sample, signal: AbortSignal, job: RunningJob, say: Say): Promise<void> => {
  let toldAt = 0;
  let progress = "nothing done yet";
  signal.addEventListener("abort", () => {
    toldAt = performance.now();
    say(`told to stop: ${signal.reason.message}`);
  });
  try {
    if (sample.waitMs !== undefined) await waitForStart(sample.waitMs, signal, job, say);
    let sayNextAt = 0;
    const onProgress = (now: string) => {
      progress = now;
      if (performance.now() < sayNextAt) return;
      sayNextAt = performance.now() + progressEveryMs;
      say(progress);
    };
    const until = performance.now() + (sample.waitMs === undefined ? jobMs : 0);
    for (let round = 1; round === 1 || performance.now() < until; round++)
      say(`round ${round}: ${await doWork(sample.round(round), { signal, onProgress })}`);
  } finally {
    if (signal.aborted) {
      if (sample.leavesBehind) job.leaveBehind(sample.leavesBehind(progress));
      say(`stopped after ${Math.ceil(performance.now() - toldAt)} ms (${progress})`);
    }
  }
};

const waitForStart = async (ms: number, signal: AbortSignal, job: RunningJob, say: Say): Promise<void> => {
  say(`waiting ${ms / 60_000} minutes until it may start`);
  await pause(ms, undefined, { signal });
  await job.start();
  say("started");
};
