import { constants, hostname } from "node:os";
import { type RunningJob, runJob } from "../../client/src/run-job.ts";
import { chooseContainment, probeCapabilities, startContained } from "../containments/containment.ts";
import type { Contained, Exit } from "../containments/processes.ts";
import { exits, toExitCode } from "../options/exit-codes.ts";
import { UsageError } from "../options/usage-error.ts";
import { type RunOptions, readOptions, usage } from "./options.ts";

export { flags, usage } from "./options.ts";

/** Runs the command, and returns its exit code or one of our own. */
export const run = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  try {
    return await supervise(readOptions(args, env));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    return exits.usage;
  }
};

const supervise = async (options: RunOptions): Promise<number> => {
  const capabilities = probeCapabilities();
  const containment = chooseContainment(capabilities, options.containment);
  if (containment === undefined) {
    console.error(`standdown: this machine has no ${options.containment}; standdown doctor says what it has`);
    return exits.unavailable;
  }
  const startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();
  const backend = { kind: "process" as const, host: hostname(), pid: process.pid, startedAt, containment };
  const shutdown = new AbortController();
  const shutDown = () => shutdown.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, shutDown);
  const limit =
    options.maxRuntimeSeconds === undefined ? undefined : setTimeout(shutDown, options.maxRuntimeSeconds * 1000);

  let exit: Exit | undefined;
  const work = async (signal: AbortSignal, job: RunningJob): Promise<void> => {
    const contained = startContained(containment, capabilities, job.uid, options.command);
    const stopped = endOnAbort(signal, contained, options);
    try {
      exit = await contained.exit;
    } finally {
      stopped();
    }
    job.observe({ exit: toReported(exit), containment });
    if (!signal.aborted && codeOf(exit) !== 0) throw new Error(`the command ended with the exit code ${codeOf(exit)}`);
  };
  const { endpoint, token, heartbeatSeconds } = options;
  try {
    const job = { ...options.job, backend };
    const end = await runJob({ endpoint, token, job, heartbeatSeconds, signal: shutdown.signal }, work);
    if (end.reportError) console.error(`standdown: the end could not be reported: ${end.reportError.message}`);
    if (exit !== undefined) return codeOf(exit);
    if (end.outcome !== "failed") return exits.cancelled;
    console.error(`standdown: ${(end.error as Error).message}`);
    return (end.error as NodeJS.ErrnoException).code === "ENOENT" ? 127 : 126;
  } catch (error) {
    return toExitCode(error);
  } finally {
    clearTimeout(limit);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, shutDown);
  }
};

/** Sends the signal when the job is to stop, and ends what is left after the grace. */
const endOnAbort = (signal: AbortSignal, contained: Contained, { signal: name, graceSeconds }: RunOptions) => {
  let killer: NodeJS.Timeout | undefined;
  const end = () => {
    void contained.signal(name);
    // A process that was stopped gets the signal once it goes on.
    void contained.signal("SIGCONT");
    killer = setTimeout(() => void contained.kill(), graceSeconds * 1000);
  };
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  return () => {
    signal.removeEventListener("abort", end);
    clearTimeout(killer);
  };
};

const toReported = ({ code, signal }: Exit) => ({
  ...(code === null ? {} : { code }),
  ...(signal === null ? {} : { signal }),
});

/** As a shell has it: 128 and the number of the signal. */
const codeOf = ({ code, signal }: Exit): number => code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
