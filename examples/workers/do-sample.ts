import type { RunningJob } from "../../packages/client/src/run-job.ts";
import type { Sample } from "./sample.ts";
import type { Say } from "./sample-log.ts";
import { doWork } from "./work.ts";

/** A job takes as many rounds as fit in this. */
const jobMs = 20 * 60_000;
const progressEveryMs = 5_000;

/** Does the work of one sample job. */
export const doSample = async (
  sample: Sample,
  signal: AbortSignal,
  job: Pick<RunningJob, "leaveBehind">,
  say: Say,
): Promise<void> => {
  let toldAt = 0;
  let progress = "nothing done yet";
  signal.addEventListener("abort", () => {
    toldAt = performance.now();
    say(`told to stop: ${signal.reason.message}`);
  });
  try {
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
