import { setTimeout as pause } from "node:timers/promises";
import { type JobEnd, type RunningJob, runJob } from "../../packages/client/src/run-job.ts";
import { doSample } from "./do-sample.ts";
import { uniquePart } from "./random.ts";
import { curlCommand, type Sample } from "./sample.ts";
import { openSampleLog } from "./sample-log.ts";

const heartbeatSeconds = 2;
export const againAfterMs = 15_000;

/** What the runner hears of each job, as a line of JSON on the standard output. */
export interface Announcement {
  readonly pid: number;
  readonly uid: string;
  readonly command: string;
}

/** Runs a sample as the program of this process, one job after the other, until it is terminated. */
export const runSample = async (sample: Sample): Promise<void> => {
  const {
    STANDDOWN_ENDPOINT: endpoint = "",
    STANDDOWN_TOKEN: token = "",
    STANDDOWN_SAMPLE_DIRECTORY: directory = "",
  } = process.env;
  const say = openSampleLog(directory, sample.name);
  const shutdown = new AbortController();
  const { signal } = shutdown;
  process.once("SIGTERM", () => shutdown.abort());

  const announce = (uid: string, jobId: string) => {
    const command = curlCommand(endpoint, token, sample.cancel(jobId));
    const announcement: Announcement = { pid: process.pid, uid, command };
    console.log(JSON.stringify(announcement));
  };
  while (!signal.aborted) {
    const job = { ...sample.job, jobId: `${sample.jobId}-${uniquePart()}` };
    try {
      const registered = ({ uid, jobId }: RunningJob) => {
        say(`registered as job ${jobId}, uid ${uid}`);
        announce(uid, jobId);
      };
      const { waitMs } = sample;
      const untilReady = async (stop: AbortSignal, running: RunningJob) => {
        registered(running);
        say(`waiting ${(waitMs ?? 0) / 60_000} minutes until it may start`);
        await pause(waitMs, undefined, { signal: stop }).finally(
          () => stop.aborted && say("stopped before it started"),
        );
      };
      const options = { endpoint, token, job, heartbeatSeconds, signal, untilReady };
      const end = await runJob(options, (stop, running) => {
        if (waitMs === undefined) registered(running);
        else say("started");
        return doSample(sample, stop, running, say);
      });
      say(sentence(end));
    } catch (error) {
      if (!signal.aborted) say(`not registered: ${messageOf(error)}`);
    }
    await pause(againAfterMs, undefined, { signal }).catch(() => {});
  }
};

const sentence = (end: JobEnd<void>): string => {
  const record = end.recorded === undefined ? "the server could not be told" : `on record as ${end.recorded}`;
  switch (end.outcome) {
    case "succeeded":
      return `finished, ${record}`;
    case "failed":
      return `not finished (${messageOf(end.error)}), ${record}`;
    case "cancelled":
      return `cancelled, ${record}`;
    default:
      throw new Error(`no sentence for ${end satisfies never}`);
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
