import { mkdir } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import type { Announcement } from "../../../examples/workers/run-sample.ts";
import { sampleLogFile } from "../../../examples/workers/sample-log.ts";
import { startGuarded } from "../platform/guarded-process.ts";
import { withEsbuild } from "../platform/with-esbuild.ts";

export interface SampleOptions {
  /** Address of the HTTP API. */
  readonly http: string;
  readonly token: string;
  /** Where the samples may write. */
  readonly directory: string;
  /** Where the commands of later jobs are shown; the standard output unless given. */
  readonly print?: (line: string) => void;
  /** For how long each sample may take to get a job; half a minute unless given. */
  readonly registrationMs?: number;
}

export interface SampleCommand {
  readonly operation: string;
  readonly uid: string;
  readonly command: string;
  readonly log: string;
}

export interface Samples {
  readonly commands: readonly SampleCommand[];
  /** Lets the samples report that they end, for at most two seconds, then ends them. */
  stop(): Promise<void>;
}

const root = path.join(import.meta.dirname, "../../..");

/** The operation that cancels each sample's job. */
const operations = {
  generic: "cancel-job",
  "analyticdb-index": "cancel-create-index-job",
  "analyticdb-document": "cancel-upload-document-job",
  ges: "cancel-graph-job",
  dds: "cancel-scheduled-task",
  dli: "cancel-sql-job",
} as const;

/** The samples as plain JavaScript: processes with a TypeScript compiler in each would take 100 MB more. */
const buildSamples = async (directory: string): Promise<string> => {
  const outdir = path.join(directory, "programs");
  const entryPoints = Object.keys(operations).map((name) => path.join(root, "examples/workers", `${name}.ts`));
  await withEsbuild(({ build }) =>
    build({
      entryPoints,
      outdir,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      format: "esm",
      logLevel: "error",
    }),
  );
  return outdir;
};

/** In MB: six of them are to be no burden. */
const smallHeap = ["--max-semi-space-size=1", "--max-old-space-size=48"];

const stopGraceMs = 2_000;

/** Starts the sample workers, each in a process of its own, and waits until each has a job that can be cancelled. */
export const startSamples = async (options: SampleOptions): Promise<Samples> => {
  await mkdir(options.directory, { recursive: true });
  const programs = await buildSamples(options.directory);
  const samples = Object.entries(operations).map(([name, operation]) =>
    startSample(name, operation, path.join(programs, `${name}.mjs`), options),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(samples.map((sample) => sample.stop()));
  };
  try {
    return { commands: await Promise.all(samples.map(({ registered }) => registered)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const startSample = (name: string, operation: string, program: string, options: SampleOptions) => {
  const { http, token, directory, print = console.log, registrationMs = 30_000 } = options;
  const log = sampleLogFile(directory, name);
  const worker = startGuarded(process.execPath, [...smallHeap, program], {
    cwd: root,
    env: { STANDDOWN_ENDPOINT: http, STANDDOWN_TOKEN: token, STANDDOWN_SAMPLE_DIRECTORY: directory },
  });
  let pid: number | undefined;
  const first = Promise.withResolvers<SampleCommand>();
  createInterface({ input: worker.stdout }).on("line", (line) => {
    const announcement: Announcement = JSON.parse(line);
    const { uid, command } = announcement;
    if (pid !== undefined) print(`new job for ${operation}: ${command}`);
    pid = announcement.pid;
    first.resolve({ operation, uid, command, log });
  });
  let errors = "";
  worker.stderr.on("data", (data) => (errors = `${errors}${data}`.slice(-2000)));
  const fail = () => first.reject(new Error(`The sample ${name} ended; ${log} may say why. ${errors}`));
  worker.ended.then(fail, fail);

  return {
    registered: inTime(first.promise, registrationMs, `The sample ${name} has no job yet; ${log} may say why.`),
    async stop() {
      if (pid !== undefined) {
        terminate(pid);
        await Promise.race([worker.ended, pause(stopGraceMs, undefined, { ref: false })]);
      }
      await worker.stop();
    },
  };
};

const inTime = async <Value>(value: Promise<Value>, ms: number, complaint: string): Promise<Value> => {
  const late = new AbortController();
  const complain = async () => {
    await pause(ms, undefined, { signal: late.signal });
    throw new Error(complaint);
  };
  try {
    return await Promise.race([value, complain()]);
  } finally {
    late.abort();
  }
};

/** The program itself: its process group has the guard in it, which has to stay. */
const terminate = (pid: number): void => {
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    // It has ended by itself.
  }
};
