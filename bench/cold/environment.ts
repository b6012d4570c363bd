import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Outcome } from "../../packages/local/lambda/outcome.ts";
import { startRuntimeApi } from "../../packages/local/lambda/runtime-api.ts";
import { localCredentials } from "../../packages/local/platform/local-credentials.ts";
import type { ColdVariant } from "./variants.ts";

/** At one moment: milliseconds since the process was started, and the CPU that it has used. */
export interface Moment {
  readonly ms: number;
  readonly cpuMs: number;
}

export interface Answered extends Moment {
  readonly reply: { readonly statusCode: number; readonly body: string };
}

/** One process under the runtime client, as Lambda starts one for its first event. It is idle when this settles. */
export const startEnvironment = async ({ file, handler, environment }: ColdVariant, runtimeClient: string) => {
  const waiting: { idle?: (at: Moment) => void; answered?: (answer: Answered) => void } = {};
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  let startedAt = 0;
  const now = (): Moment => ({ ms: performance.now() - startedAt, cpuMs: cpuOf(child.pid) });

  const api = await startRuntimeApi("arn:aws:lambda:eu-west-1:000000000000:function:bench", {
    idle: () => waiting.idle?.(now()),
    answered(outcome) {
      const at = now();
      if (outcome.kind === "failed") failed.reject(new Error(`${file} failed: ${outcome.payload}`));
      else waiting.answered?.({ ...at, reply: JSON.parse(outcome.payload) });
    },
    initFailed: (outcome: Outcome) => failed.reject(new Error(`${file} did not start: ${outcome.payload}`)),
  });
  const wait = <Name extends keyof typeof waiting>(name: Name) =>
    Promise.race([
      failed.promise,
      new Promise<Parameters<Required<typeof waiting>[Name]>[0]>((resolve) => {
        waiting[name] = resolve as Required<typeof waiting>[Name];
      }),
    ]);

  const idle = wait("idle");
  startedAt = performance.now();
  const child = spawn(process.execPath, [runtimeClient, handler], {
    cwd: path.dirname(file),
    env: {
      PATH: process.env.PATH,
      // The Huawei core writes a file into the home directory.
      HOME: tmpdir(),
      TZ: ":UTC",
      LANG: "en_US.UTF-8",
      ...environment,
      _HANDLER: handler,
      LAMBDA_TASK_ROOT: path.dirname(file),
      AWS_LAMBDA_RUNTIME_API: api.address,
      AWS_LAMBDA_FUNCTION_NAME: "bench",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/bench",
      AWS_LAMBDA_LOG_STREAM_NAME: "bench",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = once(child, "exit").then(() => failed.reject(new Error(`${file} ended: ${complaint.slice(0, 2000)}`)));

  const initialized = await idle;
  return {
    initialized,
    /** Gives the environment, which must be idle, one event; settles when it has answered and is idle again. */
    async invoke(event: object) {
      const [answered, idleAgain] = [wait("answered"), wait("idle")];
      const given = now();
      api.give({ requestId: crypto.randomUUID(), event: JSON.stringify(event), deadline: Date.now() + 10_000 });
      const answer = await answered;
      await idleAgain;
      return { given, answer };
    },
    memoryMb: () => statusOf(child.pid, "VmHWM") / 1024,
    async stop() {
      child.kill("SIGKILL");
      await ended;
      await api.stop();
    },
  };
};

/** All threads, in nanoseconds: `/proc/PID/stat` counts in hundredths of a second, the whole of what is measured. */
const cpuOf = (pid: number | undefined): number => {
  const threads = readdirSync(`/proc/${pid}/task`);
  const spent = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return spent.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
};

const statusOf = (pid: number | undefined, name: string): number => {
  const line = readFileSync(`/proc/${pid}/status`, "utf8")
    .split("\n")
    .find((each) => each.startsWith(`${name}:`));
  return Number(/\d+/.exec(line ?? "")?.[0]);
};
